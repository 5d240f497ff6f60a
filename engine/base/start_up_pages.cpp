// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/start_up_pages.h"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace engine {

namespace {

// Whether the linker has written into segments that are read only from then on (System V ABI,
// "Dynamic Section", DT_TEXTREL).
bool hasWrittenText(const dl_phdr_info &object)
{
    for (int i = 0; i < object.dlpi_phnum; ++i) {
        const ElfW(Phdr) &segment = object.dlpi_phdr[i];
        if (segment.p_type != PT_DYNAMIC)
            continue;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the linker tells addresses as numbers.
        const auto *entry = reinterpret_cast<const ElfW(Dyn) *>(object.dlpi_addr + segment.p_vaddr);
        for (; entry->d_tag != DT_NULL; ++entry) {
            if (entry->d_tag == DT_TEXTREL
                || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0))
                return true;
        }
    }
    return false;
}

int releaseObject(dl_phdr_info *object, std::size_t, void *total)
{
    if (hasWrittenText(*object))
        return 0;
    const auto pageSize = std::uintptr_t(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr) &segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
            continue;
        const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
        // The last page may be another segment's as well, which may be written.
        const std::uintptr_t first = begin & ~(pageSize - 1);
        const std::uintptr_t end = (begin + segment.p_memsz) & ~(pageSize - 1);
        if (end <= first)
            continue;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the linker tells addresses as numbers.
        if (::madvise(reinterpret_cast<void *>(first), end - first, MADV_DONTNEED) == 0)
            *static_cast<std::size_t *>(total) += end - first; // what releaseStartUpPages() passes
    }
    return 0;
}

} // namespace

std::size_t releaseStartUpPages()
{
    std::size_t bytes = 0;
    ::dl_iterate_phdr(releaseObject, &bytes);
    ::malloc_trim(0);
    return bytes;
}

} // namespace engine
