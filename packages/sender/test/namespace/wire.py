"""A wire with a delay, for a network namespace.

usage: wire.py <address>=<milliseconds>[!] ...

It makes the device wire0. A packet to one of the addresses comes back after the delay, with source and destination
exchanged: so a connection to that address reaches a server on this side of the wire, and both directions are delayed. With
"!" the first SYN of each connection is lost. Packets to other addresses of the device's networks are lost without an answer.
The checksums of IP and TCP do not change when two addresses change places. It ends with its standard input.
"""

import fcntl
import heapq
import ipaddress
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
# By IP version: where source and destination begin, their length, and where TCP begins.
LAYOUT = {4: (12, 4, 20), 6: (8, 16, 40)}
SYN, ACK = 0x02, 0x10

delays = {}
lossy = set()
for argument in sys.argv[1:]:
    name, milliseconds = argument.split("=")
    address = ipaddress.ip_address(name).packed
    delays[address] = int(milliseconds.rstrip("!")) / 1000
    if milliseconds.endswith("!"):
        lossy.add(address)

tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"wire0", IFF_TUN_NO_PI))
print("ready", flush=True)

travelling = []
lost = set()
count = 0
while True:
    wait = max(0, travelling[0][0] - time.monotonic()) if travelling else None
    readable = select.select([tun, sys.stdin], [], [], wait)[0]
    if sys.stdin in readable:
        break
    if tun in readable:
        packet = bytearray(os.read(tun, 65536))
        start, size, tcp = LAYOUT[packet[0] >> 4]
        middle, end = start + size, start + 2 * size
        source, destination = bytes(packet[start:middle]), bytes(packet[middle:end])
        delay = delays.get(destination, delays.get(source))
        is_syn = packet[tcp + 13] & (SYN | ACK) == SYN if len(packet) > tcp + 13 else False
        connection = (destination, bytes(packet[tcp : tcp + 4]))
        if delay is not None and not (is_syn and destination in lossy and connection not in lost):
            packet[start:end] = destination + source
            count += 1
            heapq.heappush(travelling, (time.monotonic() + delay, count, bytes(packet)))
        else:
            lost.add(connection)
    while travelling and travelling[0][0] <= time.monotonic():
        os.write(tun, heapq.heappop(travelling)[2])
