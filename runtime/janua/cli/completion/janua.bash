# Completion of janua for bash; written by: janua completion bash

_janua() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path='' skip='' word i
    local options='' words='' kind=words IFS=$'\n'
    # readline cuts --format=json into three words.
    if [[ $cur == '=' ]]; then
        cur=''
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $skip ]]; then
            [[ $word == '=' ]] || skip=''
            continue
        fi
        case $word in
            @takers@) skip=1 ;;
            -*) ;;
            *)
                case "$path/$word" in
                    @paths@) path="$path/$word" ;;
                esac
                ;;
        esac
    done
    case "$path" in
@commands@
    esac
    if [[ -n $options && $cur == -* ]]; then
        words=$options
        kind=words
    fi
    case $kind in
        files)
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$cur"))
            ;;
        folders)
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -d -- "$cur"))
            ;;
        words) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
        *) COMPREPLY=() ;;
    esac
}

complete -F _janua janua
