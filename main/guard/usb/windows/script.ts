/*
 * Windows PowerShell 5.1 as a standard user: it reads and writes nothing. It prints what is plugged in as one line of JSON
 * whenever that has changed, and an empty line each round as a sign of life. What counts as storage is decided by
 * rows.ts, which tests can reach: this script has never run on Windows, docs/verification.md says what a real one has to
 * show. It keeps to what constrained language mode allows: cmdlets, and methods of core types. Cmdlets are looked for in
 * Windows' own modules only: a folder of the person's comes before them, and could hold others of the same name.
 */

/** Seconds between two rounds when Windows tells nothing, and rounds after which devices (a slow query) are asked for. */
const round = 2;
const deviceRounds = 5;

export const usbScript = String.raw`
$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'; $env:PSModulePath = "$PSHOME\Modules"
$parent = $null
try { $parent = [int](Get-CimInstance Win32_Process -Filter "ProcessId=$PID").ParentProcessId } catch { }
$told = $false
try { Register-CimIndicationEvent -ClassName Win32_DeviceChangeEvent -SourceIdentifier HanareUsb; $told = $true } catch { }
$last = ''; $round = 0; $plugs = $null
while ($true) {
  if ($parent -and -not (Get-Process -Id $parent -ErrorAction SilentlyContinue)) { exit 0 }
  $disks = $null; $buses = $null
  try {
    $disks = @(Get-CimInstance Win32_DiskDrive | ForEach-Object { @{
      id = [string]$_.PNPDeviceID; index = [int]$_.Index; model = [string]$_.Model; interface = [string]$_.InterfaceType
      removable = [bool](@($_.Capabilities) -contains 7); size = [double]$_.Size
    } })
  } catch { }
  try {
    $buses = @(Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_PhysicalDisk |
      ForEach-Object { @{ index = [int]$_.DeviceId; bus = [int]$_.BusType } })
  } catch { }
  if ($round % ${deviceRounds} -eq 0) {
    $plugs = $null
    try {
      $wanted = "PNPClass='WPD' OR Service='USBSTOR' OR Service='UASPStor' OR ConfigManagerErrorCode<>0"
      $plugs = @(Get-CimInstance Win32_PnPEntity -Filter $wanted | ForEach-Object { @{
        id = [string]$_.PNPDeviceID; name = [string]$_.Name; class = [string]$_.PNPClass; service = [string]$_.Service
        code = [int]$_.ConfigManagerErrorCode; compatible = (@($_.CompatibleID) -join ' ')
      } })
    } catch { }
  }
  $line = ConvertTo-Json -InputObject @{ disks = $disks; buses = $buses; plugs = $plugs } -Compress -Depth 4
  if ($line -cne $last) {
    $last = $line
    if ($line -match '[^\x20-\x7e]') {
      $line = @($line.ToCharArray() | ForEach-Object {
        if ([int]$_ -ge 32 -and [int]$_ -lt 127) { [string]$_ } else { '{0}u{1:x4}' -f [char]92, [int]$_ }
      }) -join ''
    }
    Write-Output $line
  }
  Write-Output ''
  $round += 1
  $news = $null
  if ($told) { $news = Wait-Event -SourceIdentifier HanareUsb -Timeout ${round} } else { Start-Sleep -Seconds ${round} }
  if ($news) {
    Start-Sleep -Milliseconds 200
    Get-Event -SourceIdentifier HanareUsb -ErrorAction SilentlyContinue | Remove-Event -ErrorAction SilentlyContinue
    $round = 0
  }
}
`;
