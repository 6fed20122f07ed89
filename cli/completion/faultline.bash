# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of faultline for bash. What completes a word is asked of faultline
# itself, `faultline completion -- WORD...`; docs/completion.md has the answers.

# The words up to the cursor, without their quotes, as the shell would split
# them. $quote: the quote that is open; $quoted: where in the last word it opened.
_faultline_split() {
	local line=${COMP_LINE:0:COMP_POINT} word='' c
	local -i i any=0

	words=() quote='' quoted=0
	for ((i = 0; i < ${#line}; i++)); do
		c=${line:i:1}
		case $quote$c in
		"''" | '""') quote='' ;;
		"'"?) word+=$c ;;
		"\"\\")
			((++i))
			c=${line:i:1}
			[[ $c == [\"\\\$\`] ]] || word+=\\
			word+=$c
			;;
		'"'?) word+=$c ;;
		"'" | '"') quote=$c quoted=${#word} any=1 ;;
		\\)
			((++i))
			word+=${line:i:1} any=1
			;;
		[[:space:]])
			[[ -z $word ]] && ((!any)) || words+=("$word")
			word='' any=0
			;;
		*) word+=$c ;;
		esac
	done
	words+=("$word")
}

# The line that is completed from "--" on.
_faultline_command() {
	local -i i=0

	while [[ ${COMP_WORDS[i]} != -- ]] && ((i < COMP_CWORD)); do
		((++i))
	done
	if declare -F _command_offset >/dev/null; then
		_command_offset $((i + 1))
	elif ((i + 1 == COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -c -- "$2")
	else
		compopt -o default
	fi
}

# Folders, and files with one of the extensions; any without extensions.
_faultline_files() {
	local file extension

	compopt -o filenames
	while IFS= read -r file; do
		if [[ -d ${file/#\~/$HOME} ]] || (($# == 0)); then
			COMPREPLY+=("$file")
			continue
		fi
		for extension; do
			[[ $file != *."$extension" ]] || COMPREPLY+=("$file")
		done
	done < <(compgen -f -- "$text")
}

_faultline() {
	local words quote quoted current part text line word in_part=0 names=() list=()

	_faultline_split
	current=${words[-1]} part=$current
	# what readline replaces: all after a quote that is open, or after a character that ends words
	text=$current
	if [[ $quote ]]; then
		text=${current:quoted}
	elif [[ $current == *[=:]* ]]; then
		[[ $COMP_WORDBREAKS != *=* ]] || text=${text##*=}
		[[ $COMP_WORDBREAKS != *:* ]] || text=${text##*:}
	fi
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:part*) part=${line#:part} part=${part# } in_part=1 ;;
		:files*)
			# shellcheck disable=SC2086 # a list of words
			_faultline_files ${line#:files}
			;;
		:dirs)
			compopt -o filenames
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$text")
			;;
		:command*) _faultline_command "$@"; return ;;
		*) names+=("${line%%$'\t'*}") ;;
		esac
	done < <("${words[0]/#\~/$HOME}" completion -- "${words[@]:1}" 2>/dev/null)
	for word in "${names[@]}"; do
		word=${current%"$part"}$word
		word=${word#"${current%"$text"}"}
		if [[ $quote == '"' ]]; then
			word=${word//\\/\\\\} word=${word//\"/\\\"}
			word=${word//\$/\\$} word=${word//\`/\\\`}
		fi
		list+=("$word")
	done
	if [[ $quote ]] && ((in_part && ${#list[@]})); then
		compopt -o nospace
		if ((${#list[@]} == 1)); then
			# The quote stays open: readline closes it after a word that is the only one.
			[[ ${list[0]} == *[\(.:] ]] || list[0]+=' '
			list+=("${list[0]} ")
		elif ((COMP_TYPE == 63)); then
			# a list that is only shown needs no beginning
			list=("${names[@]}")
		fi
	elif ((${#list[@]} == 1 && ${#COMPREPLY[@]} == 0)) && [[ ${list[0]} == *[=:] ]]; then
		compopt -o nospace
	fi
	COMPREPLY+=("${list[@]}")
}
complete -F _faultline faultline
