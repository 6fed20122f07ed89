" SPDX-License-Identifier: GPL-2.0-or-later
" Scripts of faultline: by their name, or by a first line that runs faultline.
autocmd BufNewFile,BufRead *.fault setfiletype fault
autocmd BufNewFile,BufRead * if !did_filetype() && getline(1) =~# '^#!.*\<faultline\>' | setfiletype fault | endif
