/** The completion of each shell: it asks the program for the words that could come next. */

// Bash splits words at = and :, as in --flag=value and in addresses, and replaces only what stands behind the last of them.
const bash = `_retire_cluster() {
  local IFS=$'\\n' piece inside='' last=-1 words=() splits='^[=:]+$'
  for piece in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ $last -ge 0 && ( $inside || $piece =~ $splits ) ]]; then
      words[last]+=$piece
    else
      words[++last]=$piece
    fi
    if [[ $piece =~ $splits ]]; then inside=1; else inside=''; fi
  done
  COMPREPLY=($(retire-cluster completion words -- "\${words[@]:1}" 2>/dev/null))
  local typed=\${words[last]}
  COMPREPLY=("\${COMPREPLY[@]#"\${typed%"\${typed##*[=:]}"}"}")
}
complete -o default -F _retire_cluster retire-cluster
`

const zsh = `#compdef retire-cluster
_retire_cluster() {
  local -a candidates
  candidates=(\${(f)"$(retire-cluster completion words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _retire_cluster retire-cluster
`

const fish = `function __retire_cluster_words
    set -l words (commandline -opc) (commandline -ct)
    retire-cluster completion words -- $words[2..-1] 2>/dev/null
end
complete -c retire-cluster -f -a '(__retire_cluster_words)'
complete -c retire-cluster -n 'contains -- (commandline -opc)[-1] --each --ca --config --data-dir' -F
`

/** Scripts by the name of their shell. */
export const scripts: Readonly<Record<string, string>> = { bash, zsh, fish }
