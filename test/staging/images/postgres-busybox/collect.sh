#!/bin/sh
# Collects into the folder $1 what PostgreSQL needs to run, and busybox for all the rest.
set -eu
out=$1
postgres=/usr/lib/postgresql/15

mkdir -p "$out/bin" "$out/etc" "$out/tmp" "$out/root" "$out/backups"
cp /bin/busybox "$out/bin/"
chroot "$out" /bin/busybox --install -s /bin

# Just-in-time compilation needs all of LLVM; the server does without it when it is not there.
rm -rf "$postgres"/lib/llvmjit* "$postgres"/lib/bitcode
libraries=$(ldd "$postgres"/bin/* "$postgres"/lib/*.so 2>/dev/null |
  grep -o '/[^ ]* (0x' | cut -d ' ' -f 1 | sort -u)
# shellcheck disable=SC2086
tar -ch "$postgres" /usr/share/postgresql/15 /usr/share/zoneinfo /usr/lib/locale/C.utf8 \
  /etc/nsswitch.conf /usr/local/bin/docker-entrypoint.sh $libraries | tar -xC "$out"

printf 'root:x:0:0:root:/root:/bin/sh\npostgres:x:70:70::/var/lib/postgresql:/bin/sh\n' >"$out/etc/passwd"
printf 'root:x:0:\npostgres:x:70:\n' >"$out/etc/group"
chmod 1777 "$out/tmp"
install -d -o 70 -g 70 -m 2777 "$out/var/run/postgresql"
install -d -o 70 -g 70 -m 700 "$out/var/lib/postgresql/data"
