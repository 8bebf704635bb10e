/**
 * A command for sh that plays a tone in xrdp's session as a program does through PulseAudio: xrdp's module for that writes
 * what is played to a socket of xrdp-chansrv's, in pieces of a code (0: sound), a length with these eight bytes, and 44,100 Hz
 * of two 16-bit channels.
 */
export function tonePlayer(hertz: number): string {
  const script = `use IO::Socket::UNIX; my $p = "$ENV{XRDP_SOCKET_PATH}/$ENV{XRDP_PULSE_SINK_SOCKET}"; my ($s, $n) = (0, 0);
until ($s = IO::Socket::UNIX->new(Peer => $p)) { select undef, undef, undef, 0.1 }
while (1) { my $d = ""; for (1 .. 2205) { my $v = int 12000 * sin(6.283185307 * ${hertz} * $n++ / 44100); $d .= pack "ss", $v, $v }
print $s pack("VV", 0, 8 + length $d), $d or last; $s->flush; select undef, undef, undef, 0.05 }`;
  return `perl -e '${script}'`;
}

/** Of its samples, -1 to 1. */
export const toneLoudness = 12_000 / 32_768;
