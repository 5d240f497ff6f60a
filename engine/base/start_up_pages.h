// SPDX-License-Identifier: GPL-3.0-or-later
// Gives back what only the start of a program needed: the dynamic linker's tables and the code and
// constants that ran once. The next use of such a page maps it again from the page cache, or reads
// it from the file.
#pragma once

#include <cstddef>

namespace engine {

// Of the program and of every library that is loaded: those segments that the linker maps from
// their files and that nothing ever writes (elf(5), PT_LOAD without PF_W), and of the allocator's
// memory what is free. Returns how many bytes of segments that were. Any thread; others go on
// meanwhile.
std::size_t releaseStartUpPages();

} // namespace engine
