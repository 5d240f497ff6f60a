// SPDX-License-Identifier: GPL-3.0-or-later
// Part of nbd_image.cpp: a request on its way to an NBD server, piece by piece.
#pragma once

#include "engine/block/block_device.h"
#include "engine/block/buffer_cursor.h"
#include "engine/block/unflushed_changes.h"

#include <cstdint>
#include <utility>
#include <vector>

struct nbd_handle;

namespace engine {

class NbdRequest;

// What a server says of an export when it is opened.
struct NbdExportFacts
{
    std::uint64_t sizeBytes = 0;
    bool isReadOnly = false;
    bool canFlush = false;
    bool canTrim = false;
    bool canZero = false;

    bool operator==(const NbdExportFacts &) const = default;
};

// Who is told of answers; from within libnbd, which must not be called back.
class NbdAnswers
{
public:
    virtual void noteAnswer(NbdRequest &request, int error) = 0;

protected:
    ~NbdAnswers() = default;
};

// One request on its way, piece by piece; on the io thread once it was submitted. It belongs to the
// connection's lists.
class NbdRequest final
{
public:
    enum class Origin {
        Guest,
        Repetition, // of a change that a server took along
        Housekeeping,
    };

    NbdRequest(NbdAnswers &answers, BlockRequest request, Origin origin = Origin::Guest)
        : m_origin(origin)
        , m_answers(answers)
        , m_request(std::move(request))
        , m_buffers(std::move(m_request.buffers))
        , m_offset(m_request.offset)
        , m_left(m_request.operation == BlockOperation::Flush ? 0 : m_request.length)
    { }

    // Sends the next piece; false: the connection refused it.
    bool send(nbd_handle *handle, const NbdExportFacts &facts);
    // The piece was answered; true: it was the last one.
    bool pieceDone();
    bool isReading() const { return m_request.operation == BlockOperation::Read; }
    bool isNothing(const NbdExportFacts &facts) const;
    BlockOperation operation() const { return m_request.operation; }
    Origin origin() const { return m_origin; }
    bool isChange() const { return !isReading() && operation() != BlockOperation::Flush; }
    // The piece that was answered; before pieceDone(), once.
    UnflushedChanges::Change takePiece();
    // A flush's: the changes before this one are covered.
    void setCovered(std::uint64_t number) { m_covered = number; }
    std::uint64_t covered() const { return m_covered; }
    void complete(Result<> result) { m_request.completed(std::move(result)); }

private:
    static int answered(void *self, int *error);

    const Origin m_origin;
    NbdAnswers &m_answers;
    BlockRequest m_request; // without its buffers
    BufferCursor m_buffers;
    std::uint64_t m_offset = 0;
    std::uint64_t m_left = 0; // bytes
    std::uint64_t m_piece = 0; // bytes that are on their way
    std::vector<std::uint8_t> m_gathered; // in use unless empty
    std::uint64_t m_covered = 0;
};

} // namespace engine
