@echo off
rem hanare-lockdown apply|check|remove [usb] [storage] [path] [--dry-run] [--json]
rem                 [--gateway ADDRESS:PORT] [--enrol ADDRESS:PORT] [--dns ADDRESS] ...
rem
rem What a loaned laptop's system must forbid, set by an administrator at kitting: registry.txt beside this file says what.
rem What was there before is kept under HKLM\SOFTWARE\Hanare\Lockdown\Saved, one value for each, and comes back with "remove".
rem Exit codes: 0 done, or all is set; 1 something is not set, or could not be; 2 wrong usage; 3 an administrator is needed.
rem Only reg.exe is used: it is there on every Windows, also where scripts of other kinds are forbidden.
setlocal EnableExtensions EnableDelayedExpansion
set "table=%~dp0registry.txt"
set "own=HKLM\SOFTWARE\Hanare\Lockdown"
set "saved=%own%\Saved"
set "rules=SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules"
set "verb=%~1"
set "parts="
set "dry="
set "json="
set "gateway="
set "enrol="
set "dns="
set /a bad=0
if /i not "%verb%"=="apply" if /i not "%verb%"=="check" if /i not "%verb%"=="remove" goto usage
shift

:arguments
if "%~1"=="" goto checked
if /i "%~1"=="usb" (set "parts=!parts! usb" & shift & goto arguments)
if /i "%~1"=="storage" (set "parts=!parts! storage" & shift & goto arguments)
if /i "%~1"=="path" (set "parts=!parts! path" & shift & goto arguments)
if /i "%~1"=="--dry-run" (set "dry=1" & shift & goto arguments)
if /i "%~1"=="--json" (set "json=1" & shift & goto arguments)
if "%~2"=="" goto usage
if /i "%~1"=="--gateway" (set "gateway=%~2" & shift & shift & goto arguments)
if /i "%~1"=="--enrol" (set "enrol=%~2" & shift & shift & goto arguments)
if /i "%~1"=="--dns" (set "dns=!dns! %~2" & shift & shift & goto arguments)
goto usage

:checked
if not defined parts set "parts= usb storage path"
if not exist "%table%" (call :say error "registry.txt is missing beside this file" & exit /b 1)
if /i "%verb%"=="check" goto check
if defined dry goto change
reg add "%own%" /f >nul 2>&1
if errorlevel 1 (call :say error "an administrator is needed" & exit /b 3)

:change
if /i "%verb%"=="remove" goto remove
if "%parts: path=%"=="%parts%" goto apply
if not defined gateway (call :say error "path needs --gateway ADDRESS:PORT" & exit /b 2)
rem Before anything is changed.
call :peer "%gateway%"
if errorlevel 1 (call :say error "not an ADDRESS:PORT" "%gateway%" & exit /b 2)
if not defined enrol goto resolvers
call :peer "%enrol%"
if errorlevel 1 (call :say error "not an ADDRESS:PORT" "%enrol%" & exit /b 2)
:resolvers
for %%d in (%dns%) do (
  call :family "%%d"
  if errorlevel 1 set /a bad+=1
)
if %bad% gtr 0 (call :say error "not an ADDRESS" "%dns%" & exit /b 2)

:apply
for %%p in (%parts%) do (
  for /f "usebackq eol=# tokens=1-5 delims=;" %%a in ("%table%") do (
    if /i "%%a"=="%%p" call :set "HKLM\%%b" "%%c" "%%d" "%%e" "%%a"
  )
)
if not "%parts: path=%"=="%parts%" call :openings
if %bad% gtr 0 exit /b 1
exit /b 0

:remove
for %%p in (%parts%) do (
  for /f "tokens=*" %%s in ('reg query "%saved%\%%p" 2^>nul ^| find "    REG_SZ    "') do call :restore "%%s" "%%p"
  if not defined dry if !bad! equ 0 reg delete "%saved%\%%p" /f >nul 2>&1
)
if %bad% gtr 0 exit /b 1
exit /b 0

:check
for %%p in (%parts%) do (
  for /f "usebackq eol=# tokens=1-5 delims=;" %%a in ("%table%") do (
    if /i "%%a"=="%%p" call :compare "HKLM\%%b" "%%c" "%%d" "%%e" "%%a"
  )
)
if "%parts: path=%"=="%parts%" goto judged
rem To which address it opens, only kitting knows; that it opens to one, must be so.
call :read "HKLM\%rules%" "Hanare-gateway"
if defined type (
  call :say set path "HKLM\%rules%" Hanare-gateway
) else (
  set /a bad+=1
  call :say missing path "HKLM\%rules%" Hanare-gateway
)
:judged
if %bad% gtr 0 exit /b 1
exit /b 0

rem The firewall's openings: the gateway, DHCP, what an IPv6 link needs to exist, and DNS only where it was asked for.
:openings
call :peer "%gateway%"
call :set "HKLM\%rules%" "Hanare-gateway" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=!port!|!family!=!host!|Name=Hanare gateway|" path
if not defined enrol goto noenrol
call :peer "%enrol%"
call :set "HKLM\%rules%" "Hanare-enrol" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=!port!|!family!=!host!|Name=Hanare enrolment|" path
:noenrol
set /a n=0
for %%d in (%dns%) do (
  set /a n+=1
  call :family "%%d"
  call :set "HKLM\%rules%" "Hanare-dns-!n!-udp" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=17|RPort=53|!family!=%%d|Name=Hanare DNS|" path
  call :set "HKLM\%rules%" "Hanare-dns-!n!-tcp" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=53|!family!=%%d|Name=Hanare DNS|" path
)
call :set "HKLM\%rules%" "Hanare-dhcp" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=17|LPort=68|RPort=67|Name=Hanare DHCP|" path
call :set "HKLM\%rules%" "Hanare-dhcpv6" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=17|LPort=546|RPort=547|Name=Hanare DHCPv6|" path
call :set "HKLM\%rules%" "Hanare-nd" REG_SZ "v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=58|ICMP6=133:*|ICMP6=135:*|ICMP6=136:*|Name=Hanare neighbour discovery|" path
exit /b 0

rem %1 ADDRESS:PORT, an IPv6 address in brackets. Sets host, port and family, or fails: rules hold addresses only, because a
rem name that is looked up later could be made to mean another address.
:peer
set "host="
set "port="
set "peer=%~1"
if "%peer:~0,1%"=="[" goto bracket
for /f "tokens=1,2,3 delims=:" %%h in ("%peer%") do (set "host=%%h" & set "port=%%i" & set "more=%%j")
if defined more exit /b 1
goto ports
:bracket
for /f "tokens=1,2 delims=]" %%h in ("%peer:~1%") do (set "host=%%h" & set "port=%%i")
if not defined port exit /b 1
set "port=%port:~1%"
:ports
if not defined port exit /b 1
set "rest="
for /f "delims=0123456789" %%x in ("%port%") do set "rest=%%x"
if defined rest exit /b 1
set /a number=%port%
if %number% lss 1 exit /b 1
if %number% gtr 65535 exit /b 1
call :family "%host%"
exit /b %errorlevel%

rem %1 an address. Sets family, as the firewall's rules name it.
:family
set "address=%~1"
set "family=RA4"
if not defined address exit /b 1
set "rest="
for /f "delims=0123456789." %%x in ("%address%") do set "rest=%%x"
if not defined rest exit /b 0
set "family=RA6"
set "rest="
for /f "delims=0123456789.:abcdefABCDEF" %%x in ("%address%") do set "rest=%%x"
if defined rest exit /b 1
if "%address::=%"=="%address%" exit /b 1
exit /b 0

rem No goto in what follows: some shells leave the loop of the caller by it.
rem %1 key, %2 name, %3 type, %4 value, %5 part. What is there already stays; what is replaced is kept first.
:set
call :read "%~1" "%~2"
if /i "!type!"=="%~3" if /i "!value!"=="%~4" (call :say same "%~5" "%~1" "%~2" & exit /b 0)
if defined dry (call :say would "%~5" "%~1" "%~2" & exit /b 0)
set "was=none"
if defined type set "was=!type!;!value!"
reg query "%saved%\%~5" /v "%~1;%~2" >nul 2>&1
if errorlevel 1 reg add "%saved%\%~5" /v "%~1;%~2" /t REG_SZ /d "!was!" /f >nul 2>&1
reg query "%saved%\%~5" /v "%~1;%~2" >nul 2>&1
if errorlevel 1 (set /a bad+=1 & call :say failed "%~5" "%~1" "%~2" & exit /b 1)
reg add "%~1" /v "%~2" /t %~3 /d "%~4" /f >nul 2>&1
if errorlevel 1 (set /a bad+=1 & call :say failed "%~5" "%~1" "%~2" & exit /b 1)
call :say done "%~5" "%~1" "%~2"
exit /b 0

rem %1 key, %2 name, %3 type, %4 value, %5 part.
:compare
call :read "%~1" "%~2"
if /i "!type!"=="%~3" if /i "!value!"=="%~4" (call :say set "%~5" "%~1" "%~2" & exit /b 0)
set /a bad+=1
call :say missing "%~5" "%~1" "%~2"
exit /b 0

rem %1 a line of reg query: key;name, then what was there; %2 part.
:restore
set "line=%~1"
call set "line=%%line:    REG_SZ    =;%%"
for /f "tokens=1,2,3* delims=;" %%a in ("%line%") do (
  set "key=%%a"
  set "name=%%b"
  set "type=%%c"
  set "value=%%d"
)
if defined dry (call :say would "%~2" "!key!" "!name!" & exit /b 0)
if "!type!"=="none" (
  reg delete "!key!" /v "!name!" /f >nul 2>&1
) else (
  reg add "!key!" /v "!name!" /t !type! /d "!value!" /f >nul 2>&1
  if errorlevel 1 (set /a bad+=1 & call :say failed "%~2" "!key!" "!name!" & exit /b 1)
)
rem Only now: what could not be put back is tried again next time.
reg delete "%saved%\%~2" /v "!key!;!name!" /f >nul 2>&1
call :say restored "%~2" "!key!" "!name!"
exit /b 0

rem %1 key, %2 name. Sets type and value, both empty when there is none.
:read
set "type="
set "value="
for /f "tokens=2*" %%x in ('reg query "%~1" /v "%~2" 2^>nul ^| find "    REG_"') do (set "type=%%x" & set "value=%%y")
exit /b 0

rem What, then up to three words about what.
:say
if not defined json (echo %~1: %~2 %~3 %~4& exit /b 0)
set "where=%~3"
if defined where call set "where=%%where:\=\\%%"
echo {"is":"%~1","part":"%~2","key":"%where%","name":"%~4"}
exit /b 0

:usage
echo hanare-lockdown apply^|check^|remove [usb] [storage] [path] [--dry-run] [--json] [--gateway ADDRESS:PORT] [--enrol ADDRESS:PORT] [--dns ADDRESS]
exit /b 2
