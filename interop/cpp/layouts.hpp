// The verb layout.
#pragma once

#include <string>
#include <string_view>

// The reply for a record of ../vectors/layouts.yml. Throws `unsupported` for any other.
std::string layout_of(std::string_view record);
