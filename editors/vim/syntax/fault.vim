" SPDX-License-Identifier: GPL-2.0-or-later
" Syntax of faultline's rules, docs/language.md. The words are those of
" compiler/*.def, to which a test holds them.
if exists('b:current_syntax')
  finish
endif

syn case match
syn iskeyword @,48-57,_

" Items
syn keyword faultItem param let use expect
syn keyword faultItem require nextgroup=faultRequired skipwhite
syn keyword faultRequired kernel function module config arch contained
syn match faultStep "^\s*\zs\%(setup\|run\|cleanup\|check\|allow\)\>\ze\s*["{]"
syn match faultLabel "\<\h\w*\ze\s*:\_s*on\>"

" Rules
syn keyword faultRule if in like of one weight exit
syn keyword faultRule on nextgroup=faultExit,faultTarget skipwhite skipempty
syn keyword faultExit exit contained nextgroup=faultTarget skipwhite skipempty
syn match faultTarget "[A-Za-z_*?\[][A-Za-z0-9_.*?%\[\]!^:-]*" contained nextgroup=faultComma skipwhite skipempty
syn match faultComma "," contained nextgroup=faultTarget skipwhite skipempty
syn keyword faultSchedule nth every times after for per
syn keyword faultAction return delay log stack delete
syn keyword faultAction signal nextgroup=faultSignal skipwhite

" Names
syn keyword faultBuiltin comm pid tid ppid uid gid cpu node nsecs elapsed
syn keyword faultBuiltin ordinal rand random irq func child retval
" a function, too
syn match faultBuiltin "\<cgroup\>"
syn match faultFunction "\<\%(str\|ustr\|caller\|within\|cgroup\|_IO\|_IOR\|_IOW\|_IOWR\)\ze\s*("
syn match faultParam "\$\h\w*"
syn match faultState "@\h\w*"
syn match faultMember "\%(->\|\.\@1<!\.\)\h\w*"
syn keyword faultConstant true false NULL
syn match faultConstant "\<_*[A-Z][A-Z0-9]*_[A-Z0-9_]\+\>"
syn match faultErrno "\<E[A-Z][A-Z0-9]\+\>"
syn match faultErrno "\<E2BIG\>"
syn match faultSignal "\<\%(SIG\)\?[A-Z][A-Z0-9+-]*\>" contained

" Literals
syn match faultNumber "\<\d[0-9_]*\%(\.\d\+\)*[KMG]\?\>"
syn match faultNumber "\<0x[0-9A-Fa-f_]\+\>"
syn match faultNumber "\<0o[0-7_]\+\>"
syn match faultNumber "\<0b[01_]\+\>"
syn match faultTime "\<\d[0-9_]*\%(ns\|us\|ms\|s\|m\|h\)\>"
syn region faultString start=+"+ skip=+\\.+ end=+"+ oneline contains=faultEscape,faultDirective,@Spell
syn match faultEscape "\\\%([ntr\\"]\|x\x\x\)" contained
syn match faultDirective "%[duxspe%]" contained

" Comments
syn match faultComment "#.*" contains=@Spell
syn match faultComment "//.*" contains=@Spell
syn region faultComment start="/\*" end="\*/" contains=@Spell

hi def link faultItem Statement
hi def link faultRequired Type
hi def link faultStep Statement
hi def link faultLabel Label
hi def link faultRule Keyword
hi def link faultExit faultRule
hi def link faultTarget Function
hi def link faultSchedule Conditional
hi def link faultAction Statement
hi def link faultBuiltin Identifier
hi def link faultFunction Function
hi def link faultParam PreProc
hi def link faultState Identifier
hi def link faultConstant Constant
hi def link faultErrno Constant
hi def link faultSignal Constant
hi def link faultNumber Number
hi def link faultTime Number
hi def link faultString String
hi def link faultEscape SpecialChar
hi def link faultDirective SpecialChar
hi def link faultComment Comment

" Comments between lines of a script are short: look back so far for their start.
syn sync minlines=50

let b:current_syntax = 'fault'
