"""Writes files over SFTP as programs may, and as they may not."""
import sys

import paramiko

port, password = int(sys.argv[1]), sys.argv[2]
WHOLE = b"0123456789" * 100_000
HALF = len(WHOLE) // 2


def connect():
    transport = paramiko.Transport(("127.0.0.1", port))
    transport.connect(username="acme", password=password)
    return transport, paramiko.SFTPClient.from_transport(transport)


def refused(what, attempt):
    try:
        attempt()
    except (IOError, EOFError) as why:
        print(what, "refused:", why)
        return
    sys.exit(f"{what} was not refused")


transport, sftp = connect()
folders = ["Transactions", "Suppliers", "Employees", "IMS", "Payments"]
assert sftp.listdir("acme") == folders, sftp.listdir("acme")
assert sftp.normalize(".") == "/", sftp.normalize(".")

with sftp.open("acme/Employees/whole.csv", "wb") as file:
    file.set_pipelined(True)
    file.write(WHOLE)
assert sftp.stat("acme/Employees/whole.csv").st_size == len(WHOLE)

# The second half first.
file = sftp.open("acme/Employees/order.csv", "wb")
file.seek(HALF)
file.write(WHOLE[HALF:])
file.seek(0)
file.write(WHOLE[:HALF])
file.close()

# Only the second half.
gap = sftp.open("acme/Employees/gap.csv", "wb")
gap.seek(HALF)
gap.write(WHOLE[HALF:])
# paramiko passes over the answer to closing; its own put looks at the file then.
gap.close()
refused("a file with a gap", lambda: sftp.stat("acme/Employees/gap.csv"))
refused("reading", lambda: sftp.open("acme/Employees/whole.csv", "rb"))
refused("a path out of it", lambda: sftp.open("../../etc/passwd", "wb"))
refused("a file that is not there", lambda: sftp.stat("acme/Employees/none.csv"))

# More at once than may be.
opened = [sftp.open(f"acme/Employees/{number}.csv.tmp", "wb") for number in range(16)]
refused("one file more", lambda: sftp.open("acme/Employees/more.csv.tmp", "wb"))
for number, file in enumerate(opened):
    file.close()
    sftp.remove(f"acme/Employees/{number}.csv.tmp")

# The connection is lost before the file is closed.
lost = sftp.open("acme/Employees/lost.csv", "wb")
lost.write(WHOLE)
transport.sock.close()

transport, sftp = connect()
assert sorted(sftp.listdir("acme/Employees")) == ["order.csv", "whole.csv"]
transport.close()
