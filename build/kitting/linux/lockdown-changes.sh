# shellcheck shell=sh disable=SC2154
# Part of hanare-lockdown: how it changes files.
#
# Every change goes through `put`, which saves what was there under /etc/hanare/saved before it moves a finished file
# into place. So a run that was cut off anywhere is completed by the next `apply`, or undone by `remove`.

changes=''
note() {
  changes="$changes$1
"
  [ -n "$json" ] || printf '%s\n' "$1"
}
key() { printf '%s' "$1" | tr / %; }
same() { [ -f "$1" ] && printf '%s\n' "$2" | cmp -s - "$1"; }
text() { if [ -f "$1" ]; then cat "$1"; fi; }

begin() {
  [ -d "$root/etc/hanare" ] || mkdir -m 0755 "$root/etc/hanare"
  [ -d "$saved" ] || mkdir "$saved"
}

# FILE MODE TEXT: the whole file or nothing of it. MODE "-" keeps what there is.
write() {
  rm -f "$1.hanare-new"
  [ ! -e "$1" ] || cp -p "$1" "$1.hanare-new"
  printf '%s\n' "$3" >"$1.hanare-new"
  [ "$2" = - ] || chmod "$2" "$1.hanare-new"
  mv -f "$1.hanare-new" "$1"
}

# Makes a folder with its parents and remembers which were missing.
folder() {
  [ ! -d "$root$1" ] || return 0
  folder "$(dirname "$1")"
  write "$saved/folders" 0600 "$1
$(text "$saved/folders")"
  mkdir -m 0755 "$root$1"
}

save() {
  k=$saved/$(key "$1")
  if [ -e "$k" ] || [ -e "$k.absent" ]; then return 0; fi
  if [ -e "$root$1" ]; then
    cp -p "$root$1" "$k.hanare-new"
    mv -f "$k.hanare-new" "$k"
  else
    write "$k.absent" 0600 ''
  fi
}

# FILE MODE TEXT
put() {
  ! same "$root$1" "$3" || return 0
  if [ -n "$dry" ]; then
    note "would write $1"
    [ -n "$json" ] || [ "$3" = "$(text "$root$1")" ] ||
      printf '%s\n' "$3" | diff -u -L "$1 (now)" -L "$1 (then)" "$(if [ -e "$root$1" ]; then echo "$root$1"; else echo /dev/null; fi)" - || true
    return 0
  fi
  folder "$(dirname "$1")"
  save "$1"
  write "$root$1" "$2" "$3"
  note "wrote $1"
}

# Takes our own lines out of a file that others write too.
strip() { text "$1" | awk '/ # hanare$/ { next } { sub(/^# hanare-off: /, ""); print }'; }
untouched() { [ "$(strip "$root$1")" = "$(strip "$2")" ]; }

# What a shared file would be without us …
base_of() {
  k=$saved/$(key "$1")
  if [ -e "$k" ] && untouched "$1" "$k"; then cat "$k"; else strip "$root$1"; fi
}
# … and where somebody else has changed it since, that is what `remove` goes back to.
adopt() {
  k=$saved/$(key "$1")
  if [ -n "$dry" ] || [ ! -e "$root$1" ]; then return 0; fi
  if [ ! -e "$k" ] && [ ! -e "$k.absent" ]; then return 0; fi
  if untouched "$1" "$k"; then return 0; fi
  cp -p "$root$1" "$k.hanare-new"
  strip "$root$1" >"$k.hanare-new"
  mv -f "$k.hanare-new" "$k"
  rm -f "$k.absent"
}
# FILE MODE TEXT
put_shared() {
  adopt "$1"
  put "$@"
}

is_ours() { [ -e "$saved/$(key "$1")" ] || [ -e "$saved/$(key "$1").absent" ]; }

# FILE own|shared
restore() {
  is_ours "$1" || return 0
  if [ -n "$dry" ]; then
    note "would restore $1"
    return 0
  fi
  k=$saved/$(key "$1")
  rm -f "$root$1.hanare-new"
  if [ "$2" = shared ] && [ -e "$root$1" ] && ! untouched "$1" "$k"; then
    cp -p "$root$1" "$root$1.hanare-new"
    strip "$root$1" >"$root$1.hanare-new"
    mv -f "$root$1.hanare-new" "$root$1"
  elif [ ! -e "$k" ]; then
    rm -f "$root$1"
  elif ! cmp -s "$k" "$root$1"; then
    cp -p "$k" "$root$1.hanare-new"
    mv -f "$root$1.hanare-new" "$root$1"
  fi
  rm -f "$k" "$k.absent" "$k.hanare-new"
  note "restored $1"
}

# Runs a program of the system: not below --root, and what fails is said but ends nothing.
live() {
  [ -z "$root" ] || return 0
  if [ -n "$dry" ]; then
    note "would run $*"
    return 0
  fi
  "$@" || printf 'hanare-lockdown: failed: %s\n' "$*" >&2
}
systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

# UNIT TARGET: starts with the system, without systemctl, so that it works below --root too.
wants() { printf '/etc/systemd/system/%s.wants/%s\n' "$2" "$1"; }
enable_unit() {
  link=$(wants "$1" "$2")
  [ ! -L "$root$link" ] || return 0
  if [ -n "$dry" ]; then
    note "would link $link"
    return 0
  fi
  folder "$(dirname "$link")"
  ln -s "../$1" "$root$link"
  note "linked $link"
}
disable_unit() {
  link=$(wants "$1" "$2")
  if [ ! -L "$root$link" ] || ! is_ours "/etc/systemd/system/$1"; then return 0; fi
  if [ -n "$dry" ]; then note "would unlink $link"; else rm -f "$root$link"; fi
}

# Once no part is left, everything that was made to keep track goes too.
finish_remove() {
  if [ -d "$saved" ]; then
    left=$(find "$saved" -type f ! -name '*%lockdown.conf*' ! -name 'folders*' ! -name '*.hanare-new' | head -n 1)
    [ -n "$left" ] || restore "$conf" own
    # Those that we made, the innermost first, as far as they are empty.
    text "$saved/folders" | while read -r made; do
      [ -z "$made" ] || rmdir "$root$made" 2>/dev/null || true
    done
    if [ -z "$left" ]; then
      rm -f "$saved/folders" "$saved"/*.hanare-new
      rmdir "$saved"
    fi
  fi
  rmdir "$root/etc/hanare" 2>/dev/null || true
}
