# Completion of janua for fish; written by: janua completion fish

function __janua_path
    set -l path ''
    set -l skip 0
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case @takers@
                set skip 1
            case '-*'
            case '*'
                switch "$path/$word"
                    case @paths@
                        set path "$path/$word"
                end
        end
    end
    echo $path
end

function __janua_at
    set -l path (__janua_path)
    test "$path" = "$argv[1]"
end

complete -c janua -f
@commands@
