#!/usr/bin/env bash
# Tries the release without publishing anything: builds what is committed twice,
# for the platform of this machine, in two clones in different places and time
# zones. Both have to be the same to the last byte, and named as the registry
# wants it.
# "make release-check" runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

goreleaser=$PWD/bin/goreleaser
platform=$(go env GOOS)_$(go env GOARCH)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'release-check: %s\n' "$*" >&2
  exit 1
}

# Git reads no tree of another owner unless it is told to. Who runs this script
# trusts the tree already.
printf '[safe]\n\tdirectory = *\n' >"$work/gitconfig"
export GIT_CONFIG_GLOBAL=$work/gitconfig

# build releases what is committed, in a new clone.
build() {
  git clone --quiet . "$1"
  (cd "$1" && "$goreleaser" release --snapshot --clean --skip=sign --config "$work/one.yml") >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "no release can be built"
  }
}

"$goreleaser" check --quiet
grep -q " - $platform\$" .goreleaser.yml || fail "there are no releases for $platform"
sed -E "/^ +- (darwin|freebsd|linux|windows)_/{/ $platform\$/!d;}" .goreleaser.yml >"$work/one.yml"
build "$work/here"
(umask 077 && TZ=Asia/Kathmandu build "$work/some where/else")

cd "$work/here/dist"
sums=$(echo *_SHA256SUMS)
name=${sums%_SHA256SUMS}
version=${name#terraform-provider-entraid_}
archive=${name}_$platform.zip
program=terraform-provider-entraid_v$version

for file in "$sums" "$archive" "$archive.sbom.json"; do
  cmp "$file" "$work/some where/else/dist/$file" || fail "two builds of one commit differ in $file"
done
test "$(awk '{ print $2 }' "$sums" | sort)" = "$(printf '%s\n' "$archive" "${name}_manifest.json" | sort)" ||
  fail "the registry wants the checksums of the archives and the manifest, and no others: $(cat "$sums")"
grep -q "$program" "$archive" || fail "the archive has no $program"
grep -q -F "$version" ./*/"$program"* || fail "the program does not know that it is $version"

echo "Two builds of one commit are the same:"
cat "$sums"
