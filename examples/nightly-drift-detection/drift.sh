#!/usr/bin/env bash
# Compares the tenant with the configuration in this folder, and writes the plan
# to drift.txt. Ends with 0 where they agree, 2 where they differ, and 1 where
# that could not be found out.
set -u
cd "$(dirname "$0")" || exit 1

terraform=${TERRAFORM:-terraform}

"$terraform" plan -detailed-exitcode -input=false -lock=false -no-color >drift.txt 2>&1
status=$?

case $status in
0) echo "The tenant is as configured." ;;
2)
  echo "The tenant differs from the configuration:"
  sed -n '/will be\|must be\|^Plan:/p' drift.txt
  ;;
*)
  status=1
  echo "The plan failed, so nothing is known about the tenant:" >&2
  cat drift.txt >&2
  ;;
esac
exit "$status"
