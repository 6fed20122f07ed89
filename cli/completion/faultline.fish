# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of faultline for fish. What completes a word is asked of faultline
# itself, `faultline completion -- WORD...`; docs/completion.md has the answers.

# The paths that complete the word $argv[1]: folders, and files with one of the
# extensions $argv[2..]; any without extensions.
function __faultline_paths
    set -l extensions (string join '|' -- $argv[2..])
    set -l wanted '.'
    test -n "$extensions"; and set wanted '^[^\t]*(/|\.('$extensions'))(\t|$)'
    complete -C "'' "(string escape -- $argv[1]) | string match -re $wanted
end

function __faultline_complete
    set -l words (commandline -opc)
    set -l raw (commandline -ct | string collect)
    set -l current (string unescape -- "$raw" | string collect)
    set -l part
    set -l names
    set -l paths
    for line in ($words[1] completion -- $words[2..] "$current" 2>/dev/null)
        switch $line
            case ':part*'
                set part (string replace -r '^:part ?' '' -- $line)
            case ':files*' ':dirs' ':command*'
                set -a paths $line
            case '*'
                set -a names $line
        end
    end
    set -l head ''
    set -q part[1]
    and set head (string sub -l (math (string length -- "$current") - (string length -- "$part")) -- "$current" | string collect)
    set -l rest (string sub -s (math (string length -- "$head") + 1) -- "$current" | string collect)
    for line in $paths
        set -l given (string split ' ' -- $line)
        switch $given[1]
            case ':files'
                __faultline_paths "$rest" $given[2..] | string replace -r '^' -- "$head"
            case ':dirs'
                __fish_complete_directories "$rest" '' | string replace -r '^' -- "$head"
            case ':command'
                complete -C (string join ' ' -- (string escape -- $words[(math $given[2] + 2)..]) "$raw")
        end
    end
    if set -q part[1] && test (count $names) -eq 1 &&
            string match -qr '^(\'([^\'\\\\]|\\\\.)*|"([^"\\\\]|\\\\.)*)$' -- "$raw"
        # The quote stays open: fish closes it after a word that is the only one.
        string match -qr '[(.:]$' -- $names; or set names "$names "
        set -a names "$names "
    end
    for name in $names
        printf '%s%s\n' "$head" "$name"
    end
end

complete -c faultline -f -a '(__faultline_complete)'
