// SPDX-License-Identifier: GPL-2.0-or-later
// The grammar of docs/language.md, for editors: it takes what the compiler takes,
// and does not know what it refuses later.

const PREC = {
  ternary: 1, oror: 2, andand: 3, or: 4, xor: 5, and: 6, equal: 7, compare: 8,
  shift: 9, add: 10, mul: 11, unary: 12, postfix: 13,
};

const BINARY = [
  [PREC.oror, "||"], [PREC.andand, "&&"], [PREC.or, "|"], [PREC.xor, "^"], [PREC.and, "&"],
  [PREC.equal, "==", "!="], [PREC.compare, "<", "<=", ">", ">=", "like"], [PREC.shift, "<<", ">>"],
  [PREC.add, "+", "-"], [PREC.mul, "*", "/", "%"],
];

// words that are names, too, where only a name can be
const SOME_WORDS = ["in", "use", "exit"];
const ALL_WORDS = [
  ...SOME_WORDS, "after", "delay", "delete", "every", "expect", "for", "if", "let", "like", "log", "nth", "of",
  "on", "one", "param", "per", "require", "return", "signal", "stack", "times", "weight",
];
const STEPS = ["setup", "run", "cleanup", "check", "allow"];

const named = (words, node) => words.map((word) => alias(word, node));
const commaSep1 = (rule) => seq(rule, repeat(seq(",", rule)));

module.exports = grammar({
  name: "fault",

  extras: ($) => [/\s/, $.comment],

  word: ($) => $.identifier,

  conflicts: ($) => [
    // "(name *)" is a type, "(name * 2)" a value
    [$._expression, $.type],
  ],

  supertypes: ($) => [$._item, $._action, $._expression],

  rules: {
    script: ($) => seq(optional($.interpreter), repeat(choice($._item, ";"))),

    interpreter: () => token(prec(1, /#![^\n]*/)),

    _item: ($) => choice(
      $.rule, $.param, $.let, $.use, $.require, $.expect, $.step, $.check, $.allow,
    ),

    // --- statements -----------------------------------------------------------

    param: ($) => seq("param", field("name", $.identifier), "=", field("value", $._literal),
      optional(field("help", $.string))),

    let: ($) => seq("let", field("name", $.identifier), "=",
      field("value", choice($._literal, $.literal_set))),

    literal_set: ($) => seq("{", commaSep1($._literal), "}"),

    _literal: ($) => choice($.string, $.identifier, $.integer, $.time, $.fraction, $.call_expression,
      $.signed_literal),

    signed_literal: ($) => seq("-", choice($.identifier, $.integer, $.time)),

    use: ($) => seq("use", field("path", $.string)),

    require: ($) => seq("require", choice(
      seq("kernel", ">=", choice($.version, $.fraction, $.integer)),
      seq("function", field("function", $.identifier)),
      seq("module", field("module", $.identifier)),
      seq("config", $.identifier),
      seq("arch", $.identifier),
    )),

    expect: ($) => seq("expect", field("condition", $._expression), optional(field("message", $.string))),

    step: ($) => seq(choice("setup", "run", "cleanup"), $._command),

    check: ($) => prec.right(seq("check", $._command, optional(field("message", $.string)))),

    allow: ($) => seq("allow", field("pattern", $.string), field("reason", $.string)),

    _command: ($) => field("command", choice($.string, $.command_lines)),

    command_lines: ($) => seq("{", repeat1(choice($.string, ";")), "}"),

    // --- rules ----------------------------------------------------------------

    rule: ($) => seq(
      optional(seq(field("label", $._label), ":")),
      "on", optional("exit"),
      commaSep1(field("target", $.target)),
      optional(seq("if", field("condition", $._expression))),
      repeat($.schedule),
      field("body", choice($.block, $._action)),
    ),

    _label: ($) => choice($.identifier, ...named(STEPS, $.identifier)),

    target: ($) => seq($._function_name, optional(seq("(", optional(commaSep1(field("argument", $._name))), ")"))),

    _function_name: ($) => seq(
      optional(seq(field("module", $._pattern_word), ":")),
      field("function", $._pattern_word),
    ),

    _pattern_word: ($) => choice($.identifier, $.pattern, ...named(SOME_WORDS, $.identifier)),

    // any word with what no name has in it: mlx5_cmd_*, vfs_[rw]*, sys_%file, f.isra.0
    pattern: () => /[A-Za-z0-9_.*?%]*(\[[!^]?[^\]\s]+\]|[*?.%])[A-Za-z0-9_.*?%\[\]!^-]*/,

    _name: ($) => choice($.identifier, ...named(ALL_WORDS, $.identifier)),
    _member: ($) => choice(alias($.identifier, $.member), ...named(ALL_WORDS, $.member)),

    schedule: ($) => choice(
      seq("nth", $._number, optional(seq("..", optional($._number), optional(seq("+", $._number))))),
      seq(choice("every", "times", "after", "for"), $._number),
      seq("per", $._expression),
    ),

    _number: ($) => choice($.integer, $.time, $.parameter, $.identifier),

    block: ($) => seq("{", repeat1(choice($._action, ";")), "}"),

    _action: ($) => choice($.return, $.delay, $.signal, $.log, $.stack, $.delete, $.assignment),

    return: ($) => seq("return", choice(
      $._expression,
      seq("one", "of", commaSep1(seq($._expression, optional(seq("weight", $._number))))),
    )),
    delay: ($) => seq("delay", $._number),
    signal: ($) => seq("signal", field("signal", choice($.identifier, $.integer))),
    log: ($) => prec.right(seq("log", field("format", $.string), repeat(seq(",", $._expression)))),
    stack: () => "stack",
    delete: ($) => seq("delete", $.state_expression),
    assignment: ($) => seq($.state_expression, choice(
      "++", "--", seq(choice("=", "+=", "-="), $._expression),
    )),

    // --- expressions ------------------------------------------------------------

    _expression: ($) => choice(
      $.ternary_expression, $.binary_expression, $.in_expression, $.unary_expression,
      $.cast_expression, $.member_expression, $.index_expression, $.call_expression,
      $.stack_expression, $.state_expression, $.parenthesized_expression,
      $.identifier, ...named(SOME_WORDS, $.identifier), $.parameter,
      $.integer, $.time, $.fraction, $.string,
    ),

    ternary_expression: ($) => prec.right(PREC.ternary, seq(
      $._expression, "?", $._expression, ":", $._expression,
    )),

    binary_expression: ($) => choice(...BINARY.map(([level, ...operators]) => prec.left(level, seq(
      field("left", $._expression), field("operator", choice(...operators)), field("right", $._expression),
    )))),

    in_expression: ($) => prec.left(PREC.compare, seq(
      field("left", $._expression), field("operator", "in"),
      field("right", choice($.set, $.range, $.identifier)),
    )),

    set: ($) => seq("{", commaSep1($._expression), "}"),

    range: ($) => prec.left(PREC.compare, seq($._expression, "..", $._expression)),

    unary_expression: ($) => prec(PREC.unary, seq(
      field("operator", choice("!", "~", "-", "+", "*")), field("operand", $._expression),
    )),

    cast_expression: ($) => prec(PREC.unary, seq(
      "(", field("type", $.type), ")", field("value", $._expression),
    )),

    type: ($) => seq(repeat("const"), choice(
      seq(choice("struct", "union", "enum"), $.identifier, repeat(choice("const", "*"))),
      seq(repeat1($.integer_type), repeat(choice("const", "*"))),
      seq($.identifier, repeat("const"), repeat1("*")),
    )),

    integer_type: () => choice(
      "char", "short", "int", "long", "unsigned", "signed", "bool", "_Bool", "u8", "u16", "u32", "u64",
      "s8", "s16", "s32", "s64", "__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64",
      "size_t", "ssize_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t", "int32_t",
      "int64_t", "uintptr_t", "loff_t", "gfp_t", "umode_t", "void",
    ),

    member_expression: ($) => prec(PREC.postfix, seq(
      field("object", $._expression), choice(".", "->"), field("member", $._member),
    )),

    index_expression: ($) => prec(PREC.postfix, seq(
      field("object", $._expression), "[", field("index", $._expression), "]",
    )),

    call_expression: ($) => prec(PREC.postfix, seq(
      field("function", $.identifier), "(", optional(commaSep1(choice($._expression, $.type))), ")",
    )),

    // they look at the stack, and name functions
    stack_expression: ($) => seq(
      field("function", choice("caller", "within")), "(", $._function_name,
      optional(seq("if", field("condition", $._expression))), ")",
    ),

    state_expression: ($) => prec.right(PREC.postfix, seq(
      $.state, optional(seq("[", commaSep1($._expression), "]")),
    )),

    parenthesized_expression: ($) => seq("(", $._expression, ")"),

    // --- tokens -------------------------------------------------------------------

    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    parameter: () => /\$[A-Za-z_][A-Za-z0-9_]*/,
    state: () => /@[A-Za-z_][A-Za-z0-9_]*/,
    integer: () => token(choice(
      /[0-9][0-9_]*[KMG]?/, /0x[0-9A-Fa-f_]+/, /0o[0-7_]+/, /0b[01_]+/,
    )),
    time: () => /[0-9][0-9_]*(ns|us|ms|s|m|h)/,
    fraction: () => /[0-9][0-9_]*\.[0-9]+/,
    version: () => /[0-9]+\.[0-9]+\.[0-9]+/,

    string: ($) => seq(
      "\"",
      repeat(choice($.escape, $.directive, token.immediate(prec(1, /[^"\\\n%]+/)), token.immediate("%"))),
      token.immediate("\""),
    ),
    escape: () => token.immediate(/\\([ntr\\"]|x[0-9A-Fa-f]{2})/),
    directive: () => token.immediate(prec(2, /%[duxspe%]/)),

    comment: () => token(choice(
      seq("#", /[^\n]*/), seq("//", /[^\n]*/), seq("/*", /[^*]*\*+([^/*][^*]*\*+)*/, "/"),
    )),
  },
});
