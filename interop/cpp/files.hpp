// A message from a file, a message into a file.
#pragma once

#include <string>
#include <vector>

#include "descriptor.hpp"

// The content of a regular file of at most `limit` bytes.
std::vector<std::byte> read_file(const std::string& path, std::size_t limit);

// Makes or replaces the file.
void write_file(const std::string& path, Bytes content);
