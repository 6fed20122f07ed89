; SPDX-License-Identifier: GPL-2.0-or-later
; Names before what they are more closely: of several patterns the last counts.

(identifier) @variable

((identifier) @constant
  (#match? @constant "^_*[A-Z][A-Z0-9]*_[A-Z0-9_]+$"))
((identifier) @constant
  (#match? @constant "^E([A-Z][A-Z0-9]+|2BIG)$"))
((identifier) @constant.builtin
  (#match? @constant.builtin "^(true|false|NULL)$"))
((identifier) @variable.builtin
  (#match? @variable.builtin "^(comm|pid|tid|ppid|uid|gid|cpu|node|cgroup|nsecs|elapsed|ordinal|rand|random|irq|func|child|retval)$"))

(member) @property
(parameter) @parameter
(state) @variable
(param name: (identifier) @parameter)
(let name: (identifier) @constant)
(rule label: (identifier) @label)
(signal signal: (identifier) @constant)

(target function: [(identifier) (pattern)] @function)
(target module: [(identifier) (pattern)] @namespace)
(stack_expression ["caller" "within"] @function.builtin)
(stack_expression module: [(identifier) (pattern)] @namespace)
(stack_expression function: [(identifier) (pattern)] @function)
(call_expression function: (identifier) @function.builtin)
(require function: (identifier) @function)
(require module: (identifier) @namespace)

(integer_type) @type.builtin
(type (identifier) @type)
["struct" "union" "enum" "const"] @type.builtin

[(integer) (time) (fraction) (version)] @number
(string) @string
(escape) @string.escape
(directive) @string.special
[(comment) (interpreter)] @comment

["param" "let" "use" "require" "expect"] @keyword
["kernel" "function" "module" "config" "arch"] @keyword
["setup" "run" "cleanup" "check" "allow"] @keyword
["on" "exit" "in" "like" "one" "of" "weight"] @keyword
["if" "nth" "every" "times" "after" "for" "per"] @conditional
["return" "delay" "signal" "log" "delete"] @keyword.return
(stack) @keyword.return

[
  "||" "&&" "|" "^" "&" "==" "!=" "<" "<=" ">" ">=" "<<" ">>" "+" "-" "*" "/" "%" "!" "~" "?"
  "=" "+=" "-=" "++" "--" ".." "->" "."
] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":"] @punctuation.delimiter
