" SPDX-License-Identifier: GPL-2.0-or-later
" Settings for scripts of faultline; :FaultFormat formats, :make checks.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=s1:/*,mb:*,ex:*/,:#,:// commentstring=#\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal noexpandtab shiftwidth=0 autoindent
setlocal suffixesadd=.fault include=^\\s*use
setlocal makeprg=faultline\ check\ %:S
setlocal errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m,%-G%.%#

" A script with mistakes stays as it is: a filter would put the message in its place.
function! s:Format() abort
  let l:lines = systemlist('faultline fmt -', getline(1, '$'))
  if v:shell_error
    echohl ErrorMsg | echomsg get(l:lines, 0, 'faultline fmt failed') | echohl None
    return
  endif
  let l:view = winsaveview()
  if l:lines !=# getline(1, '$')
    call setline(1, l:lines)
    silent! execute 'keepjumps' len(l:lines) + 1 . ',$delete _'
  endif
  call winrestview(l:view)
endfunction
command! -buffer -bar FaultFormat call s:Format()

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< shiftwidth<'
      \ . ' autoindent< suffixesadd< include< makeprg< errorformat<'
      \ . ' | silent! delcommand FaultFormat'
