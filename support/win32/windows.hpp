/// \file
/// The Windows headers in the one order that works: winsock2.h before windows.h, which would
/// otherwise bring in the Winsock of 1992. Include this instead of either.
#pragma once

#include <winsock2.h>

#include <ws2tcpip.h>

#include <mswsock.h>

#include <windows.h>
