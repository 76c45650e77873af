#compdef janua
# Completion of janua for zsh; written by: janua completion zsh

_janua() {
    local cur=$words[CURRENT] prev=$words[CURRENT-1] node='' skip='' word
    local kind=none
    local -a options words_
    if [[ $cur == --*=* ]]; then
        prev=${cur%%=*}
        compset -P '*='
    fi
    for word in ${words[2,CURRENT-1]}; do
        if [[ -n $skip ]]; then
            skip=''
            continue
        fi
        case $word in
            @takers@) skip=1 ;;
            -*) ;;
            *)
                case "$node/$word" in
                    @paths@) node="$node/$word" ;;
                esac
                ;;
        esac
    done
    case "$node" in
@commands@
    esac
    if (( $#options )) && [[ $cur == -* ]]; then
        _describe -o 'option' options
        return
    fi
    case $kind in
        files) _files ;;
        folders) _files -/ ;;
        *) (( $#words_ )) && _describe 'argument' words_ ;;
    esac
}

if [[ $funcstack[1] == _janua ]]; then
    _janua "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _janua janua
fi
