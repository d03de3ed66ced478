#!/usr/bin/env bash
# Prints "true" if the C++ library that .NET loads here is older than the one that TorchSharp was built with, else "false".
set -euo pipefail
library="$(ldd "$(readlink -f "$(command -v dotnet)")" 2>/dev/null | sed -n 's/.*libstdc++\.so\.6 => \([^ ]*\).*/\1/p')"
[[ -n "$library" ]] || library="$(ldconfig -p 2>/dev/null | sed -n 's/.*libstdc++\.so\.6 .*x86-64.* => //p' | head -1)"
if [[ -e "$library" ]] && ! grep -q 'GLIBCXX_3\.4\.32' "$library"; then echo true; else echo false; fi
