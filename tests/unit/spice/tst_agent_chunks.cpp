// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/agent_chunks.h"

#include "engine/base/bytes.h"

#include <QtTest/QTest>

#include <algorithm>
#include <numeric>
#include <random>

using namespace engine;
using namespace engine::vdagent;
using engine::spice::ChunkMaker;
using engine::spice::ChunkReader;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes message(Message type, std::size_t size)
{
    Bytes bytes(MessageHeaderBytes + size);
    storeLe<std::uint32_t>(&bytes[MessageProtocol], Protocol);
    storeLe<std::uint32_t>(&bytes[MessageType], std::uint32_t(type));
    storeLe<std::uint32_t>(&bytes[MessageSize], std::uint32_t(size));
    std::iota(bytes.begin() + MessageHeaderBytes, bytes.end(), std::uint8_t(size));
    return bytes;
}

Bytes chunk(ChunkPortNumber port, const Bytes &payload)
{
    Bytes bytes(ChunkHeaderBytes);
    storeLe<std::uint32_t>(&bytes[ChunkPort], port);
    storeLe<std::uint32_t>(&bytes[ChunkSize], std::uint32_t(payload.size()));
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

void append(Bytes &to, const Bytes &bytes)
{
    to.insert(to.end(), bytes.begin(), bytes.end());
}

std::span<const std::uint8_t> part(const Bytes &bytes, std::size_t from, std::size_t count)
{
    return std::span(bytes).subspan(from, count);
}

} // namespace

class TestAgentChunks final : public QObject
{
    Q_OBJECT
private slots:
    void everyChunkIsOfOneMessageAndBeginsWithItsHeader();
    void whatIsCutAnywhereComesBackWhole();
    void theServersMessagesWaitUntilTheClientsIsWhole();
    void ofManyThatWaitTheLastOnesAreKept();
    void thatClientsAreGoneTheMachineTellsItself();
};

void TestAgentChunks::everyChunkIsOfOneMessageAndBeginsWithItsHeader()
{
    const std::vector<std::size_t> sizes{0, 8, 5000, MaxChunkBytes - MessageHeaderBytes, 1};
    Bytes stream;
    for (const std::size_t size : sizes)
        append(stream, message(Message::Clipboard, size));
    ChunkMaker maker;
    Bytes chunks;
    maker.add(stream, chunks);

    std::size_t at = 0;
    for (std::size_t size : sizes) {
        for (bool isFirst = true; isFirst || size > 0; isFirst = false) {
            QCOMPARE(loadLe<std::uint32_t>(&chunks[at + ChunkPort]), std::uint32_t(ClientPort));
            std::size_t payload = loadLe<std::uint32_t>(&chunks[at + ChunkSize]);
            QVERIFY(payload <= MaxChunkBytes);
            at += ChunkHeaderBytes + payload;
            if (isFirst) {
                QVERIFY(payload >= MessageHeaderBytes);
                payload -= MessageHeaderBytes;
            }
            QVERIFY(payload <= size);
            size -= payload;
        }
    }
    QCOMPARE(at, chunks.size());
}

void TestAgentChunks::whatIsCutAnywhereComesBackWhole()
{
    std::mt19937 random(1);
    Bytes stream;
    for (const std::size_t size : {0u, 20u, 3000u, 1u, 70'000u})
        append(stream, message(Message::ClipboardGrab, size));
    ChunkMaker maker;
    ChunkReader reader;
    Bytes chunks;
    Bytes back;
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t count = std::min<std::size_t>(random() % 3000 + 1, stream.size() - at);
        maker.add(part(stream, at, count), chunks);
        at += count;
    }
    for (std::size_t at = 0; at < chunks.size();) {
        const std::size_t count = std::min<std::size_t>(random() % 3000 + 1, chunks.size() - at);
        reader.add(part(chunks, at, count), back);
        at += count;
    }
    QCOMPARE(back, stream);
}

void TestAgentChunks::theServersMessagesWaitUntilTheClientsIsWhole()
{
    const Bytes copied = message(Message::Clipboard, 1000);
    const Bytes place = message(Message::MouseState, 13);
    ChunkReader reader;
    Bytes out;
    const auto add = [&](const Bytes &bytes) { reader.add(bytes, out); };
    add(chunk(ServerPort, place));
    QCOMPARE(out, place);
    out.clear();
    add(chunk(ClientPort, Bytes(copied.begin(), copied.begin() + 600)));
    add(chunk(ServerPort, place));
    QCOMPARE(out.size(), std::size_t(600));
    add(chunk(ClientPort, Bytes(copied.begin() + 600, copied.end())));
    Bytes expected = copied;
    append(expected, place);
    QCOMPARE(out, expected);
}

void TestAgentChunks::ofManyThatWaitTheLastOnesAreKept()
{
    const Bytes copied = message(Message::Clipboard, 2);
    ChunkReader reader;
    Bytes out;
    reader.add(chunk(ClientPort, Bytes(copied.begin(), copied.end() - 1)), out);
    for (int i = 0; i < 1000; ++i)
        reader.add(chunk(ServerPort, message(Message::MouseState, 13)), out);
    reader.add(chunk(ClientPort, Bytes(copied.end() - 1, copied.end())), out);
    QVERIFY(out.size() > copied.size());
    QVERIFY(out.size() <= copied.size() + ChunkReader::MaxHeldBack);
    QVERIFY(std::equal(copied.begin(), copied.end(), out.begin()));
    // A server's message of any size is nothing to fear.
    reader.add(chunk(ServerPort, message(Message::MouseState, 100'000)), out);
}

void TestAgentChunks::thatClientsAreGoneTheMachineTellsItself()
{
    ChunkReader reader;
    Bytes out;
    reader.add(chunk(ServerPort, message(Message::ClientDisconnected, 0)), out);
    reader.add(chunk(ServerPort, Bytes(3)), out);
    QVERIFY(out.empty());
}

QTEST_GUILESS_MAIN(TestAgentChunks)
#include "tst_agent_chunks.moc"
