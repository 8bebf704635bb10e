# shellcheck shell=sh disable=SC2034,SC2154
# Part of hanare-lockdown: only the gateway can be reached.

rules=/etc/hanare/path.nft
hosts=/etc/hosts
path_unit=hanare-path.service
path_service=/etc/systemd/system/$path_unit

addresses() { if is_ip4 "$1" || is_ip6 "$1"; then echo "$1"; else getent ahosts "$1" | awk '{ print $1 }' | sort -u; fi; }
family() { case $1 in *:*) echo ip6 ;; *) echo ip ;; esac; }

# Sets rule lines and, for names, lines of /etc/hosts. @exit 1 when a name leads nowhere.
find_gateway() {
  allowed='' pinned=''
  for server in $gateway $enrol; do
    name=$(host_of "$server") found=$(addresses "$name")
    [ -n "$found" ] || die 1 "no address is known for $name"
    for ip in $found; do
      allowed="$allowed    $(family "$ip") daddr $ip tcp dport ${server##*:} accept
"
      [ "$ip" = "$name" ] || case $pinned in *"$ip $name # hanare"*) ;; *) pinned="$pinned$ip $name # hanare
" ;; esac
    done
  done
  for ip in $dns; do
    allowed="$allowed    $(family "$ip") daddr $ip meta l4proto { tcp, udp } th dport 53 accept
"
  done
}

# It rejects and does not drop: a program is told at once, and the app can tell a refusal from a packet that got out.
rules_text() {
  cat <<EOF
#!/usr/sbin/nft -f
# Hanare: only the office. Made by hanare-lockdown; changes are lost.
table inet hanare_path
delete table inet hanare_path
table inet hanare_path {
  chain output {
    type filter hook output priority filter; policy drop;
    oifname "lo" accept
${allowed}    # Nothing for what is established: an answer to somebody outside who comes and asks is a way out too.
    udp sport 68 udp dport 67 accept
    udp sport 546 udp dport 547 ip6 daddr { ff02::1:2, fe80::/10 } accept
    icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
    icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } ip6 hoplimit 1 accept
    reject with icmpx admin-prohibited
  }
  # What was opened before these rules ends now, whoever speaks first.
  chain input {
    type filter hook input priority filter; policy accept;
    ct state new tcp flags & (fin | syn | rst | ack) != syn drop
  }
  # Nothing goes through this laptop either: no guest system, no shared connection.
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
}
EOF
}
# Other rule sets begin with "flush ruleset": ours come after them, and again whenever they are started again.
path_service_text='[Unit]
Description=Hanare: closes the network but for the office
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target nftables.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/hanare/path.nft
ExecReload=/usr/sbin/nft -f /etc/hanare/path.nft
ExecStop=-/usr/sbin/nft delete table inet hanare_path

[Install]
WantedBy=sysinit.target'

prepare_path() {
  find_gateway
  path_rules=$(rules_text)
  # The one program that is run below --root too: it only reads. It needs an administrator's rights to do so.
  if ! command -v nft >/dev/null; then
    [ -n "$root$dry" ] || die 1 "nftables is not installed"
  elif [ "$(id -u)" -eq 0 ]; then
    printf '%s\n' "$path_rules" | nft -c -f - || die 1 "nft does not accept the rules; nothing was changed"
  fi
}
apply_path() {
  put $rules 0644 "$path_rules"
  if [ -n "$pinned" ] || is_ours $hosts; then
    put_shared $hosts 0644 "$(
      base_of $hosts
      printf '%s' "$pinned"
    )"
  fi
  put $path_service 0644 "$path_service_text"
  enable_unit $path_unit sysinit.target
  if systemd; then
    live systemctl daemon-reload
    live systemctl restart $path_unit
  else
    live nft -f $rules
  fi
}
remove_path() {
  if systemd && is_ours $path_service; then live systemctl stop $path_unit; fi
  if [ -z "$root" ] && nft list table inet hanare_path >/dev/null 2>&1; then live nft delete table inet hanare_path; fi
  disable_unit $path_unit sysinit.target
  restore $path_service own
  restore $hosts shared
  restore $rules own
  ! systemd || live systemctl daemon-reload
}
check_path() {
  set=no effective=unknown
  if grep -qs 'reject with icmpx admin-prohibited' "$root$rules" && same "$root$path_service" "$path_service_text" &&
    [ -L "$root$(wants $path_unit sysinit.target)" ]; then set=yes; fi
  if [ -n "$root" ]; then
    why='only the running system shows it'
  elif [ "$(id -u)" -eq 0 ]; then
    if nft list chain inet hanare_path output 2>/dev/null | grep -q 'policy drop'; then effective=yes; else effective=no; fi
  elif systemd; then
    if systemctl -q is-active $path_unit; then effective=yes; else effective=no; fi
  else
    why='without systemd only an administrator sees it'
  fi
}
