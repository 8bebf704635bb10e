# shellcheck shell=sh disable=SC2034,SC2154
# Part of hanare-lockdown: USB storage is refused.

udev=/etc/udev/rules.d/90-hanare-usb-storage.rules
modprobe=/etc/modprobe.d/hanare-usb-storage.conf
polkit=/etc/polkit-1/rules.d/50-hanare-storage.rules
usbguard=/etc/usbguard/rules.d/50-hanare.conf

udev_text='# Hanare: mass storage (class 08) and cameras or phones (class 06, PTP and MTP) get no driver.
ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_interface", ATTR{bInterfaceClass}=="08", ATTR{authorized}="0"
ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_interface", ATTR{bInterfaceClass}=="06", ATTR{authorized}="0"
# Phones that name MTP in a class of their own.
ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_interface", ATTR{interface}=="MTP", ATTR{authorized}="0"'
modprobe_text='# Hanare: the drivers of USB storage are never loaded. Card readers inside the laptop are not touched.
install usb-storage /bin/false
install uas /bin/false'
# shellcheck disable=SC2016
polkit_text='// Hanare: nobody at this laptop mounts, unlocks or opens a drive.
polkit.addRule(function (action) {
  var refused = [
    "org.freedesktop.udisks2.filesystem-mount",
    "org.freedesktop.udisks2.filesystem-fstab",
    "org.freedesktop.udisks2.encrypted-unlock",
    "org.freedesktop.udisks2.loop-setup",
    "org.freedesktop.udisks2.open-device",
    "org.freedesktop.udisks2.modify-device"
  ];
  for (var i = 0; i < refused.length; i += 1) {
    if (action.id.indexOf(refused[i]) === 0) return polkit.Result.NO;
  }
});'
usbguard_text='reject with-interface one-of { 08:*:* 06:*:* }'

apply_usb() {
  put $udev 0644 "$udev_text"
  put $modprobe 0644 "$modprobe_text"
  put $polkit 0644 "$polkit_text"
  # USBGuard reads its rules only when nobody else may.
  [ ! -d "$root/etc/usbguard" ] || put $usbguard 0600 "$usbguard_text"
  reload_usb
  for class in "$root"/sys/bus/usb/devices/*:*/bInterfaceClass; do
    [ -r "$class" ] || continue
    case $(cat "$class") in 06 | 08) live sh -c "echo 0 >'${class%/*}/authorized'" ;; esac
  done
  for module in uas usb_storage; do
    if grep -qs "^$module " "$root/proc/modules"; then live modprobe -r $module; fi
  done
}
remove_usb() {
  for file in $udev $modprobe $polkit $usbguard; do restore "$file" own; done
  reload_usb
}
reload_usb() {
  if command -v udevadm >/dev/null; then live udevadm control --reload; fi
  if systemd && systemctl -q is-active usbguard; then live systemctl restart usbguard; fi
}
check_usb() {
  set=no effective=yes
  if same "$root$udev" "$udev_text" && same "$root$modprobe" "$modprobe_text"; then set=yes; fi
  if grep -Eqs '^(usb_storage|uas) ' "$root/proc/modules"; then effective=no why='a driver of USB storage is loaded'; fi
  for bound in "$root"/sys/bus/usb/drivers/usb-storage/*:* "$root"/sys/bus/usb/drivers/uas/*:*; do
    if [ -L "$bound" ] || [ -e "$bound" ]; then effective=no why='a USB storage device is in use'; fi
  done
}
