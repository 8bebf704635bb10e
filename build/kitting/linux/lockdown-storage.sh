# shellcheck shell=sh disable=SC2034,SC2154
# Part of hanare-lockdown: nothing that a person saves outlives a start of the laptop.

fstab=/etc/fstab
home_unit=hanare-home.service
home_service=/etc/systemd/system/$home_unit

# What of the home outlives a session: the app's own folder and the keyring that guards its key.
app_folder=.config/Hanare
keyring_folder=.local/share/keyrings

find_account() {
  entry=$(if [ -n "$root" ]; then text "$root/etc/passwd"; else getent passwd "$account"; fi |
    awk -F: -v name="$account" '$1 == name { print $3 ":" $4 ":" $6; exit }')
  [ -n "$entry" ] || return 1
  uid=${entry%%:*} home=${entry#*:}
  gid=${home%%:*} home=${home#*:}
  # Blanks would end a field of fstab; "/" and the like would be emptied whole.
  case $uid:$gid in *[!0-9:]*) return 1 ;; esac
  case $home in *[!A-Za-z0-9/._-]* | */ | *//* | *..*) return 1 ;; /?*/?*) ;; *) return 1 ;; esac
  store=/var/lib/hanare/$account
}

storage_lines() {
  cat <<EOF
tmpfs $home tmpfs mode=0700,uid=$uid,gid=$gid,size=25%,nosuid,nodev 0 0 # hanare
$store/app $home/$app_folder none bind,X-mount.mkdir 0 0 # hanare
$store/keyrings $home/$keyring_folder none bind,X-mount.mkdir 0 0 # hanare
tmpfs /tmp tmpfs mode=1777,size=25%,nosuid,nodev 0 0 # hanare
tmpfs /var/tmp tmpfs mode=1777,size=25%,nosuid,nodev 0 0 # hanare
EOF
}
# A line of somebody else for one of our places would win over ours: it is switched off, in its place.
fstab_text() {
  base_of $fstab | awk -v places="$home $home/$app_folder $home/$keyring_folder /tmp /var/tmp" '
    BEGIN { n = split(places, list, " "); for (i = 1; i <= n; i++) ours[list[i]] = 1 }
    $1 !~ /^#/ && ($2 in ours) { print "# hanare-off: " $0; next }
    { print }'
  storage_lines
}
home_text() {
  cat <<EOF
# Hanare: the folders on the way to the bound ones were made by root; they belong to the home's owner.
[Unit]
Description=Hanare: gives the emptied home to its owner
After=local-fs.target
Before=systemd-user-sessions.service display-manager.service
ConditionPathIsMountPoint=$home

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/chown -h $uid:$gid $home/.config $home/.local $home/.local/share

[Install]
WantedBy=multi-user.target
EOF
}

# A link on the way would make root copy somebody else's files and give them to the account.
no_links() {
  [ -e "$root$1" ] || return 0
  [ "$(readlink -f "$root$1")" = "$(readlink -f "$root$home")${1#"$home"}" ] || die 1 "a link is on the way to $1"
}
prepare_storage() {
  for kept in "$app_folder" "$keyring_folder"; do no_links "$home/$kept"; done
}

# FROM TO: what the account has so far goes along, once.
keep_folder() {
  [ ! -d "$root$2" ] || return 0
  no_links "$1"
  if [ -n "$dry" ]; then
    note "would make $2"
    return 0
  fi
  folder "$(dirname "$2")"
  rm -rf "$root$2.hanare-new"
  if [ -d "$root$1" ]; then cp -a "$root$1" "$root$2.hanare-new"; else mkdir -m 0700 "$root$2.hanare-new"; fi
  if [ "$(id -u)" -eq 0 ]; then chown -hR "$uid:$gid" "$root$2.hanare-new"; fi
  mv "$root$2.hanare-new" "$root$2"
  note "made $2"
}

apply_storage() {
  lines=$(fstab_text)
  keep_folder "$home/$app_folder" "$store/app"
  keep_folder "$home/$keyring_folder" "$store/keyrings"
  put $home_service 0644 "$(home_text)"
  enable_unit $home_unit multi-user.target
  put_shared $fstab 0644 "$lines"
  ! systemd || live systemctl daemon-reload
}
remove_storage() {
  restore $fstab shared
  disable_unit $home_unit multi-user.target
  restore $home_service own
  [ -n "$dry" ] || [ -z "$account" ] || for kept in app keyrings; do
    rm -rf "$root/var/lib/hanare/$account/$kept.hanare-new"
    if [ ! -d "$root/var/lib/hanare/$account/$kept" ]; then continue; fi
    # The laptop's identity may be in there: only an empty one goes.
    rmdir "$root/var/lib/hanare/$account/$kept" 2>/dev/null || note "kept /var/lib/hanare/$account/$kept"
  done
  ! systemd || live systemctl daemon-reload
}
check_storage() {
  set=no effective=no
  if [ -z "$account" ] || ! find_account; then
    why='no staff account is named' effective=unknown
    return 0
  fi
  missing=$(storage_lines | while read -r line; do grep -Fxqs -- "$line" "$root$fstab" || echo "$line"; done)
  [ -n "$missing" ] || set=yes
  # proc(5): the mount point is the fifth field, type and options follow the lone dash. The last mount is on top.
  on_disk=$(text "$root/proc/self/mountinfo" | awk -v places="$home /tmp /var/tmp" '
    { for (i = 7; i <= NF && $i != "-"; i++); type[$5] = $(i + 1); options[$5] = $(i + 3) }
    function memory(at) {
      if (type[at] == "tmpfs") return 1
      if (type[at] != "overlay" || !match(options[at], /upperdir=[^,]*/)) return 0
      upper = substr(options[at], RSTART + 9, RLENGTH - 9)
      while (!(upper in type) && upper ~ /\/./) sub(/\/[^\/]*$/, "", upper)
      return type[upper] == "tmpfs"
    }
    END { n = split(places, list, " "); for (i = 1; i <= n; i++) if (!memory(list[i])) print list[i] }')
  if [ ! -r "$root/proc/self/mountinfo" ]; then
    effective=unknown
  elif [ -z "$on_disk" ]; then
    effective=yes
  else
    # shellcheck disable=SC2086
    why="on the disk: $(printf '%s ' $on_disk)(from the next start on)"
  fi
}
