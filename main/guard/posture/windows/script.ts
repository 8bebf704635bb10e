/*
 * What a standard user may read of Windows' state, as one script: Windows PowerShell 5.1, no administrator, nothing
 * written. It prints one JSON object with a member for each part; a part that failed or hung is null. It has only ever been
 * parsed, not run, by the tests: docs/verification.md lists what a real Windows has to show. Cmdlets are looked for in
 * Windows' own modules only: a folder of the person's comes before them, and could hold others of the same name.
 */

/** Lines that each part begins with. A value that is not there is null; these keys are everybody's to read. */
const common = `
$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'
function Value($path, $name) { try { (Get-ItemProperty -LiteralPath $path -Name $name).$name } catch { $null } }
`;

const parts = {
  // The Shell's property is what standard users see of BitLocker; its WMI class is for administrators.
  disk: String.raw`
$shell = New-Object -ComObject Shell.Application
$drives = @(Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3' | ForEach-Object {
  $seen = $null
  try {
    $found = $shell.NameSpace($_.DeviceID + '\').Self.ExtendedProperty('System.Volume.BitLockerProtection')
    if ($found -ne $null) { $seen = [int]$found }
  } catch { }
  @{ letter = $_.DeviceID.Substring(0, 1); protection = $seen }
})
$files = @(Value 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management' 'ExistingPageFiles')
@{
  drives = $drives
  system = (Get-CimInstance Win32_OperatingSystem).SystemDrive.Substring(0, 1)
  pageFiles = @($files | Where-Object { $_ -match '([A-Za-z]):' } | ForEach-Object { ($_ -replace '^.*?([A-Za-z]):.*$', '$1') })
} | ConvertTo-Json -Compress -Depth 4
`,
  antivirus: `
$products = $null; $defender = $null
try {
  $products = @(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct |
    ForEach-Object { @{ name = [string]$_.displayName; state = [long]$_.productState } })
} catch { }
try {
  $status = Get-MpComputerStatus
  $defender = @{ on = [bool]$status.RealTimeProtectionEnabled; ageDays = [long]$status.AntivirusSignatureAge }
} catch { }
@{ products = $products; defender = $defender } | ConvertTo-Json -Compress -Depth 4
`,
  // Times are UTC. The invariant culture keeps the years of the Japanese calendar out.
  updates: String.raw`
function Utc($time) { if ($time) { ([datetime]$time).ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture) } }
$automatic = New-Object -ComObject Microsoft.Update.AutoUpdate
@{
  searched = Utc $automatic.Results.LastSearchSuccessDate
  enabled = [bool]$automatic.ServiceEnabled
  never = (Value 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU' 'NoAutoUpdate')
  restart = (Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired')
} | ConvertTo-Json -Compress -Depth 4
`,
  firewall: String.raw`
$active = $null; $others = $null; $service = $null
try {
  $active = @{}
  Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object { $active[[string]$_.Name] = [string]$_.Enabled }
} catch { $active = $null }
try {
  $others = @(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct |
    ForEach-Object { @{ name = [string]$_.displayName; state = [long]$_.productState } })
} catch { }
try { $service = [string](Get-CimInstance Win32_Service -Filter "Name='mpssvc'").State } catch { }
$profiles = @(@('Domain', 'DomainProfile'), @('Private', 'StandardProfile'), @('Public', 'PublicProfile') | ForEach-Object {
  $policy = Value ('HKLM:\SOFTWARE\Policies\Microsoft\WindowsFirewall\' + $_[1]) 'EnableFirewall'
  $local = Value ('HKLM:\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\' + $_[1]) 'EnableFirewall'
  $now = $null
  if ($active -ne $null) { $now = $active[$_[0]] }
  @{ name = $_[0]; policy = $policy; local = $local; active = $now }
})
@{ service = $service; profiles = $profiles; others = $others } | ConvertTo-Json -Compress -Depth 4
`,
  screenLock: String.raw`
function Saver($path) {
  @{ active = (Value $path 'ScreenSaveActive'); secure = (Value $path 'ScreenSaverIsSecure'); after = (Value $path 'ScreenSaveTimeOut') }
}
@{
  inactivity = (Value 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System' 'InactivityTimeoutSecs')
  policy = (Saver 'HKCU:\Software\Policies\Microsoft\Windows\Control Panel\Desktop')
  own = (Saver 'HKCU:\Control Panel\Desktop')
} | ConvertTo-Json -Compress -Depth 4
`,
  time: String.raw`
$text = $null; $code = $null
try {
  $text = (& (Join-Path ([Environment]::SystemDirectory) 'w32tm.exe') /query /status 2>$null | Out-String)
  $code = $LASTEXITCODE
} catch { }
@{
  status = $text
  code = $code
  type = (Value 'HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters' 'Type')
  start = (Value 'HKLM:\SYSTEM\CurrentControlSet\Services\W32Time' 'Start')
} | ConvertTo-Json -Compress -Depth 4
`,
  usb: String.raw`
$drivers = $null; $disks = $null
try {
  $drivers = @(Get-CimInstance Win32_SystemDriver -Filter "Name='USBSTOR' OR Name='UASPStor'" |
    Where-Object { $_.State -eq 'Running' }).Count
} catch { }
try { $disks = @(Get-CimInstance Win32_DiskDrive -Filter "InterfaceType='USB'").Count } catch { }
@{
  denyAll = (Value 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices' 'Deny_All')
  usbstor = (Value 'HKLM:\SYSTEM\CurrentControlSet\Services\USBSTOR' 'Start')
  uaspstor = (Value 'HKLM:\SYSTEM\CurrentControlSet\Services\UASPSTOR' 'Start')
  drivers = $drivers
  disks = $disks
} | ConvertTo-Json -Compress -Depth 4
`,
  // Drives other than the system's that this account may write to. Bits: create a file, append, generic all, generic write.
  storage: String.raw`
$me = [Security.Principal.WindowsIdentity]::GetCurrent()
$mine = @($me.User.Value) + @($me.Groups | ForEach-Object { $_.Value })
$system = (Get-CimInstance Win32_OperatingSystem).SystemDrive
$writable = $null
try {
  $writable = @(Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3' | Where-Object { $_.DeviceID -ne $system } | Where-Object {
    $rules = @((Get-Acl -LiteralPath ($_.DeviceID + '\')).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier]) |
      Where-Object { $mine -contains $_.IdentityReference.Value -and ([int]$_.FileSystemRights -band 0x50000006) -ne 0 })
    @($rules | Where-Object { $_.AccessControlType -eq 'Deny' }).Count -eq 0 -and $rules.Count -gt 0
  } | ForEach-Object { $_.DeviceID.Substring(0, 1) })
} catch { $writable = $null }
$explorer = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer'
$policies = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\System'
@{
  noDrives = (Value $explorer 'NoDrives')
  noViewOnDrive = (Value $explorer 'NoViewOnDrive')
  noRecentDocs = (Value $explorer 'NoRecentDocsHistory')
  cleanup = (Value $policies 'CleanupProfiles')
  profile = (Value ('HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\' + $me.User.Value) 'State')
  writable = $writable
} | ConvertTo-Json -Compress -Depth 4
`,
} as const;

export type WindowsPart = keyof typeof parts;
export const windowsParts = Object.keys(parts) as WindowsPart[];

/** Longest that the parts may take together, seconds; what is not ready then is null. */
const longestSeconds = 20;

/**
 * All parts run at the same time in threads of one process, so that a hanging service costs only its own part. Each makes
 * its own JSON, because lists that cross threads are written differently by ConvertTo-Json. Where a lock-down (constrained
 * language mode) forbids threads, the parts run in turn, and those that it forbids are null.
 */
export const windowsScript = `
$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'; $env:PSModulePath = "$PSHOME\\Modules"
try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }
$common = {${common}}
$parts = @{
${windowsParts.map((name) => `${name} = {${parts[name]}}`).join('\n')}
}
$done = @{}
try {
  $pool = [runspacefactory]::CreateRunspacePool(1, 4)
  $pool.ApartmentState = 'STA'
  $pool.Open()
  $jobs = @{}
  foreach ($name in $parts.Keys) {
    $shell = [powershell]::Create()
    $shell.RunspacePool = $pool
    [void]$shell.AddScript([string]$common + [string]$parts[$name])
    $jobs[$name] = @{ shell = $shell; running = $shell.BeginInvoke() }
  }
  $until = [DateTime]::UtcNow.AddSeconds(${String(longestSeconds)})
  foreach ($name in $parts.Keys) {
    $left = [int][Math]::Max(0, ($until - [DateTime]::UtcNow).TotalMilliseconds)
    if (-not $jobs[$name].running.AsyncWaitHandle.WaitOne($left)) { continue }
    try { $done[$name] = [string](@($jobs[$name].shell.EndInvoke($jobs[$name].running))[-1]) } catch { }
  }
} catch {
  . $common
  foreach ($name in $parts.Keys) { try { $done[$name] = [string](@(& $parts[$name])[-1]) } catch { } }
}
$members = foreach ($name in $parts.Keys) {
  $text = 'null'
  if ($done[$name]) { $text = $done[$name] }
  '"' + $name + '":' + $text
}
'{' + ($members -join ',') + '}'
try { [Environment]::Exit(0) } catch { exit 0 }
`;
