// SPDX-License-Identifier: GPL-3.0-or-later
// A front end's rings in shadows (shadow_rings.h), where the other half cannot map the guest's
// memory.
#include "engine/devices/virtio/vhost_user_front.h"

#include <algorithm>

#include <sys/eventfd.h>

namespace engine::virtio {

bool VhostUserFront::isShadowed() const
{
    const GuestMemory *const ram = connections().ram;
    return ram
        && std::any_of(ram->regions().begin(), ram->regions().end(),
                       [](const GuestMemory::Region &region) { return region.descriptor < 0; });
}

// What the guest asks to the other half, as far as there is room.
void VhostUserFront::forward(unsigned index)
{
    Virtqueue &ring = queue(index);
    if (!m_shadow || !m_served[index].isServed || m_areRingsForgotten || !isLive()
        || !ring.isEnabled())
        return;
    bool isAnyNew = false;
    do {
        ring.setNotified(false);
        ring.beginTurn();
        const Result<bool> forwarded = m_shadow->forward(index, ring);
        if (!forwarded) {
            needsReset(forwarded.error().message().c_str());
            break;
        }
        isAnyNew = *forwarded || isAnyNew;
        if (!ring.wasFoundEmpty()) // answers bring us back
            break;
        ring.setNotified(true);
    } while (ring.hasAvailable());
    finish(index);
    if (isAnyNew)
        ::eventfd_write(m_served[index].kick.get(), 1);
}

// What the other half answers, to the guest.
Result<> VhostUserFront::collect()
{
    for (unsigned i = 0; i < m_served.size(); ++i) {
        if (!m_served[i].isServed || !queue(i).isEnabled())
            continue;
        const Result<> collected = m_shadow->collect(i, queue(i));
        finish(i);
        TRY(collected);
    }
    return {};
}

} // namespace engine::virtio
