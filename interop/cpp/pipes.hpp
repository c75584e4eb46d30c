// FIFOs, and the ends of pipes and socketpairs that a process inherits.
#pragma once

#include <string>

#include "descriptor.hpp"
#include "transports.hpp"

// Waits until somebody has opened the other end.
Descriptor open_fifo(const std::string& path, Role role);

// Makes an inherited descriptor ours. `text` is its number.
Descriptor adopt(const std::string& text, Transport transport, Role role);
