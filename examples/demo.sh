#!/usr/bin/env bash
# The main job on real spellings: run by `make demo`, which puts namealign on PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p demo-out

echo '$ namealign clean examples/ministers.csv -c minister -o demo-out/ministers.csv'
namealign clean examples/ministers.csv -c minister -o demo-out/ministers.csv
echo
python examples/show.py demo-out/ministers.csv \
    id minister_canonical minister_probability minister_outcome minister
echo
echo '$ namealign lookup Geelani --explain'
namealign lookup Geelani --explain
echo
echo "\$ namealign compare 'Mohammed bin Salman' 'Salman bin Mohammed'"
namealign compare 'Mohammed bin Salman' 'Salman bin Mohammed'
echo
cat <<'TEXT'
What to look at
  0001-0013  Geelani and Jilani, Amir-Abdollahian and Abdullahian, Kakkar and Kakar are one person each, in every script.
  0014-0020  Seven spellings of one Libyan name, none of them like another to a spell checker.
  0053-0062  Khomeini and Khamenei, Kim Jong-il and Kim Jong-un, Hussein and Hassan stay apart.
  0071-0072  An empty cell stays empty, and a name that no table knows is said to be new instead of being guessed at.
The untouched columns of demo-out/ministers.csv are the input's, byte for byte: compare the leading zeros and the quotes.
TEXT
