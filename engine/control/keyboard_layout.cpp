// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/keyboard_layout.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QCollator>
#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtCore/QStandardPaths>
#include <QtCore/QTextStream>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <utility>

#include <xkbcommon/xkbcommon.h>

namespace engine {

namespace {

// X keycodes are evdev codes plus eight (xkeyboard-config, keycodes/evdev).
constexpr xkb_keycode_t KeycodeOffset = 8;
constexpr std::chrono::milliseconds ToolPatience{1000};

// The keys that type characters. evdev took its codes up to 88 from set 1 itself; the last three
// are the extra keys of Japanese and Brazilian keyboards (linux/input-event-codes.h: KEY_RO,
// KEY_YEN, KEY_KPCOMMA; "USB HID to PS/2 Scan Code Translation Table").
struct Key
{
    unsigned evdev;
    ScanCode code;
};

QList<Key> characterKeys()
{
    QList<Key> keys;
    const auto addRun = [&keys](unsigned first, unsigned last) {
        for (unsigned code = first; code <= last; ++code)
            keys.append({code, ScanCode(code)});
    };
    addRun(2, 13); // 1 to the key before Backspace
    addRun(16, 27); // Q row
    addRun(30, 41); // A row, and the key left of 1
    addRun(43, 53); // backslash, Y or Z row
    addRun(57, 57); // space
    addRun(86, 86); // the key beside left Shift
    keys.append({89, 0x73});
    keys.append({124, 0x7d});
    return keys;
}

constexpr ScanCode LeftShift = 0x2a;
constexpr ScanCode AltGr = ScanCodeExtended | 0x38;
constexpr ScanCode Space = 0x39;
constexpr std::array Levels = {KeyboardLayout::Level::Plain, KeyboardLayout::Level::Shift,
                               KeyboardLayout::Level::AltGr, KeyboardLayout::Level::ShiftAltGr};

QList<ScanCode> modifiersOf(KeyboardLayout::Level level)
{
    switch (level) {
    case KeyboardLayout::Level::Plain:
        return {};
    case KeyboardLayout::Level::Shift:
        return {LeftShift};
    case KeyboardLayout::Level::AltGr:
        return {AltGr};
    case KeyboardLayout::Level::ShiftAltGr:
        return {LeftShift, AltGr};
    }
    return {};
}

// Dead keys: the mark they put on the next letter, and the character that stands on them (Unicode
// Standard, Combining Diacritical Marks and Spacing Modifier Letters; xkbcommon-keysyms.h).
// `withSpace` is what the key and Space give on Linux and Windows alike; 0 where they differ.
struct DeadKey
{
    xkb_keysym_t keysym;
    char32_t combining;
    char32_t shown;
    char32_t withSpace;
};
constexpr DeadKey DeadKeys[] = {
    {XKB_KEY_dead_grave, 0x0300, 0x60, 0x60},      {XKB_KEY_dead_acute, 0x0301, 0xb4, 0x27},
    {XKB_KEY_dead_circumflex, 0x0302, 0x5e, 0x5e}, {XKB_KEY_dead_tilde, 0x0303, 0x7e, 0x7e},
    {XKB_KEY_dead_macron, 0x0304, 0xaf, 0},        {XKB_KEY_dead_breve, 0x0306, 0x2d8, 0},
    {XKB_KEY_dead_abovedot, 0x0307, 0x2d9, 0},     {XKB_KEY_dead_diaeresis, 0x0308, 0xa8, 0x22},
    {XKB_KEY_dead_abovering, 0x030a, 0xb0, 0},     {XKB_KEY_dead_doubleacute, 0x030b, 0x2dd, 0},
    {XKB_KEY_dead_caron, 0x030c, 0x2c7, 0},        {XKB_KEY_dead_cedilla, 0x0327, 0xb8, 0},
    {XKB_KEY_dead_ogonek, 0x0328, 0x2db, 0},       {XKB_KEY_dead_belowdot, 0x0323, 0x323, 0},
    {XKB_KEY_dead_hook, 0x0309, 0x309, 0},         {XKB_KEY_dead_horn, 0x031b, 0x31b, 0},
};

const DeadKey *findDeadKey(xkb_keysym_t keysym)
{
    const auto *found = std::find_if(std::begin(DeadKeys), std::end(DeadKeys),
                                     [&](const DeadKey &key) { return key.keysym == keysym; });
    return found == std::end(DeadKeys) ? nullptr : found;
}

QString fromCharacter(char32_t character)
{
    return QString::fromUcs4(&character, 1);
}

template <class Object, void (*Free)(Object *)>
struct Freed
{
    void operator()(Object *object) const { Free(object); }
};
using Context = std::unique_ptr<xkb_context, Freed<xkb_context, xkb_context_unref>>;
using Keymap = std::unique_ptr<xkb_keymap, Freed<xkb_keymap, xkb_keymap_unref>>;
using KeymapState = std::unique_ptr<xkb_state, Freed<xkb_state, xkb_state_unref>>;

Context makeContext()
{
    Context context(xkb_context_new(XKB_CONTEXT_NO_FLAGS));
    if (context) // its complaints about foreign files are for their authors
        xkb_context_set_log_level(context.get(), XKB_LOG_LEVEL_CRITICAL);
    return context;
}

QString rulesFile()
{
    const Context context = makeContext();
    for (unsigned i = 0; context && i < xkb_context_num_include_paths(context.get()); ++i) {
        const QString file = QString::fromLocal8Bit(xkb_context_include_path_get(context.get(), i))
            + QStringLiteral("/rules/evdev.lst");
        if (QFile::exists(file))
            return file;
    }
    return {};
}

// The value of KEY=value or KEY="value" in a file of a distribution's.
QString setting(const QString &path, const QString &key)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QRegularExpression line(
        QStringLiteral("^\\s*%1\\s*=\\s*[\"']?([^\"'\\s#]*)").arg(QRegularExpression::escape(key)),
        QRegularExpression::MultilineOption);
    return line.match(QString::fromUtf8(file.readAll())).captured(1);
}

QString xorgOption(const QString &option)
{
    QFile file(QStringLiteral("/etc/X11/xorg.conf.d/00-keyboard.conf"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QRegularExpression line(QStringLiteral("Option\\s+\"%1\"\\s+\"([^\"]*)\"").arg(option),
                                  QRegularExpression::CaseInsensitiveOption);
    return line.match(QString::fromUtf8(file.readAll())).captured(1);
}

// "us,de" and ",nodeadkeys": the first of both.
QString joined(const QString &layouts, const QString &variants)
{
    const QString layout = layouts.section(u',', 0, 0).trimmed();
    const QString variant = variants.section(u',', 0, 0).trimmed();
    return variant.isEmpty() ? layout : QStringLiteral("%1(%2)").arg(layout, variant);
}

// What the X server has now, which the session's settings may have changed. Xwayland passes on what
// the compositor chose.
QString x11Layout()
{
    const QString tool = QStandardPaths::findExecutable(QStringLiteral("setxkbmap"));
    if (tool.isEmpty() || qEnvironmentVariableIsEmpty("DISPLAY"))
        return {};
    QProcess query;
    query.setStandardInputFile(QProcess::nullDevice());
    query.start(tool, {QStringLiteral("-query")});
    if (!query.waitForFinished(int(ToolPatience.count())) || query.exitCode() != 0)
        return {};
    const QString answer = QString::fromUtf8(query.readAllStandardOutput());
    const auto value = [&answer](const QString &key) {
        const QRegularExpression line(QStringLiteral("^%1:\\s*(\\S+)").arg(key),
                                      QRegularExpression::MultilineOption);
        return line.match(answer).captured(1);
    };
    return joined(value(QStringLiteral("layout")), value(QStringLiteral("variant")));
}

} // namespace

QList<LayoutName> keyboardLayouts()
{
    QFile file(rulesFile());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QList<LayoutName> layouts;
    QTextStream stream(&file);
    QString section;
    QString line;
    while (stream.readLineInto(&line)) {
        if (line.startsWith(u'!')) {
            section = line.mid(1).trimmed();
            continue;
        }
        const QString words = line.trimmed();
        const QString name = words.section(QRegularExpression(QStringLiteral("\\s+")), 0, 0);
        const QString rest = words.mid(name.size()).trimmed();
        if (name.isEmpty() || name == QLatin1String("custom"))
            continue;
        if (section == QLatin1String("layout")) {
            layouts.append({name, rest});
        } else if (section == QLatin1String("variant")) { // "nodeadkeys  de: German (no dead keys)"
            const QString layout = rest.section(u':', 0, 0).trimmed();
            layouts.append(
                {QStringLiteral("%1(%2)").arg(layout, name), rest.section(u':', 1).trimmed()});
        }
    }
    QCollator collator;
    std::sort(layouts.begin(), layouts.end(), [&](const LayoutName &left, const LayoutName &right) {
        return collator.compare(left.description, right.description) < 0;
    });
    return layouts;
}

QString hostKeyboardLayout()
{
    const auto get = [](const char *name) { return qEnvironmentVariable(name); };
    const QString debian = QStringLiteral("/etc/default/keyboard");
    const QString console = QStringLiteral("/etc/vconsole.conf");
    for (const QString &layout :
         {joined(get("XKB_DEFAULT_LAYOUT"), get("XKB_DEFAULT_VARIANT")), x11Layout(),
          joined(setting(debian, QStringLiteral("XKBLAYOUT")),
                 setting(debian, QStringLiteral("XKBVARIANT"))),
          joined(setting(console, QStringLiteral("XKBLAYOUT")),
                 setting(console, QStringLiteral("XKBVARIANT"))),
          joined(xorgOption(QStringLiteral("XkbLayout")), xorgOption(QStringLiteral("XkbVariant"))),
          setting(console, QStringLiteral("KEYMAP")).section(u'-', 0, 0)}) {
        if (!layout.isEmpty() && KeyboardLayout::load(layout))
            return layout;
    }
    return QStringLiteral("us");
}

// The key beside left Shift of European keyboards, and those of Brazilian and Japanese ones.
static bool isExtraKey(ScanCode code)
{
    return code == 0x56 || code == 0x73 || code == 0x7d;
}

static bool hasAltGr(KeyboardLayout::Level level)
{
    return level == KeyboardLayout::Level::AltGr || level == KeyboardLayout::Level::ShiftAltGr;
}

struct KeyboardLayout::Private
{
    struct Place
    {
        ScanCode code = 0;
        Level level = Level::Plain;
    };

    QString id;
    QHash<int, xkb_keysym_t> keysyms; // by code and level
    QHash<char32_t, Place> direct;
    QHash<char32_t, std::pair<Place, Place>> composed; // dead key, then the other

    static int keyOf(ScanCode code, Level level) { return int(code) * 4 + int(level); }
    xkb_keysym_t keysym(ScanCode code, Level level) const
    {
        return keysyms.value(keyOf(code, level), XKB_KEY_NoSymbol);
    }
    static QList<ScanCode> chord(const Place &place)
    {
        QList<ScanCode> codes = modifiersOf(place.level);
        codes.append(place.code);
        return codes;
    }

    void read(xkb_keymap *keymap);
    void compose();
};

void KeyboardLayout::Private::read(xkb_keymap *keymap)
{
    const auto mask = [keymap](const char *name) -> xkb_mod_mask_t {
        const xkb_mod_index_t index = xkb_keymap_mod_get_index(keymap, name);
        return index == XKB_MOD_INVALID ? 0 : xkb_mod_mask_t(1) << index;
    };
    const xkb_mod_mask_t shift = mask(XKB_MOD_NAME_SHIFT);
    const xkb_mod_mask_t third = mask("Mod5"); // what ISO_Level3_Shift sets in every layout
    const KeymapState state(xkb_state_new(keymap));
    const QList<Key> keys = characterKeys();
    for (const Level level : Levels) {
        const bool hasShift = level == Level::Shift || level == Level::ShiftAltGr;
        const bool hasThird = level == Level::AltGr || level == Level::ShiftAltGr;
        xkb_state_update_mask(state.get(), (hasShift ? shift : 0) | (hasThird ? third : 0), 0, 0, 0,
                              0, 0);
        for (const Key &key : keys) {
            const xkb_keysym_t symbol =
                xkb_state_key_get_one_sym(state.get(), key.evdev + KeycodeOffset);
            // A key without that level gives what it gives without the modifier.
            if (symbol != XKB_KEY_NoSymbol
                && (!hasThird
                    || symbol != keysym(key.code, hasShift ? Level::Shift : Level::Plain)))
                keysyms.insert(keyOf(key.code, level), symbol);
        }
    }
    // Where a character is on several keys: few modifiers first, and the keys that not every
    // keyboard has last. Windows fills these, and the levels of AltGr, in its own way.
    const auto take = [&](bool isExtra, std::initializer_list<Level> levels) {
        for (const Level level : levels) {
            for (const Key &key : keys) {
                const char32_t character = xkb_keysym_to_utf32(keysym(key.code, level));
                if (isExtraKey(key.code) == isExtra && character >= 0x20
                    && !direct.contains(character))
                    direct.insert(character, {key.code, level});
            }
        }
    };
    take(false, {Level::Plain, Level::Shift});
    take(true, {Level::Plain, Level::Shift});
    take(false, {Level::AltGr, Level::ShiftAltGr});
    take(true, {Level::AltGr, Level::ShiftAltGr});
}

void KeyboardLayout::Private::compose()
{
    QList<char32_t> bases = direct.keys();
    std::sort(bases.begin(), bases.end());
    QList<int> places = keysyms.keys();
    // The same result every time, and near dead keys before those that need AltGr themselves.
    std::sort(places.begin(), places.end(), [](int left, int right) {
        return std::pair(left % 4, left / 4) < std::pair(right % 4, right / 4);
    });
    for (const int key : std::as_const(places)) {
        const DeadKey *dead = findDeadKey(keysyms.value(key));
        if (dead == nullptr)
            continue;
        const Place place{ScanCode(key / 4), Level(key % 4)};
        for (const char32_t base : bases) {
            const QString letters = (fromCharacter(base) + fromCharacter(dead->combining))
                                        .normalized(QString::NormalizationForm_C);
            const QList<uint> codes = letters.toUcs4();
            if (codes.size() == 1 && !direct.contains(codes.first())
                && !composed.contains(codes.first()))
                composed.insert(codes.first(), {place, direct.value(base)});
        }
        // Rather than a level of AltGr, when the dead key itself needs none.
        const bool isNear = !hasAltGr(place.level);
        const auto known = direct.find(dead->withSpace);
        if (dead->withSpace == 0 || composed.contains(dead->withSpace)
            || (known != direct.end() && !(isNear && hasAltGr(known->level))))
            continue;
        direct.remove(dead->withSpace);
        composed.insert(dead->withSpace, {place, {Space, Level::Plain}});
    }
}

Result<std::shared_ptr<const KeyboardLayout>> KeyboardLayout::load(const QString &id)
{
    static const QRegularExpression Form(
        QStringLiteral("^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_-]+)\\))?$"));
    const QRegularExpressionMatch match = Form.match(id);
    const auto unknown = [&id] {
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("There is no keyboard layout \"%1\"").arg(id),
                         QStringLiteral("Use a name of the X keyboard database, such as us, de or "
                                        "ch(fr); the file rules/evdev.lst lists them"));
    };
    if (!match.hasMatch())
        return unknown();
    const QByteArray layout = match.captured(1).toLatin1();
    const QByteArray variant = match.captured(2).toLatin1();
    const Context context = makeContext();
    if (!context)
        return makeError(ErrorKind::Io, QStringLiteral("The keyboard database cannot be read"),
                         QStringLiteral("Install the package xkb-data"));
    const xkb_rule_names names = {"evdev", "pc105", layout.constData(), variant.constData(), ""};
    const Keymap keymap(
        xkb_keymap_new_from_names(context.get(), &names, XKB_KEYMAP_COMPILE_NO_FLAGS));
    if (!keymap)
        return unknown();
    auto data = std::make_unique<Private>();
    data->id = id;
    data->read(keymap.get());
    data->compose();
    return std::shared_ptr<const KeyboardLayout>(new KeyboardLayout(std::move(data)));
}

KeyboardLayout::KeyboardLayout(std::unique_ptr<Private> data)
    : m_private(std::move(data))
{ }

KeyboardLayout::~KeyboardLayout() = default;

const QString &KeyboardLayout::id() const
{
    return m_private->id;
}

std::optional<QList<QList<ScanCode>>> KeyboardLayout::chordsFor(char32_t character) const
{
    switch (character) {
    case U'\n':
        return QList<QList<ScanCode>>{{0x1c}};
    case U'\t':
        return QList<QList<ScanCode>>{{0x0f}};
    case U'\b':
        return QList<QList<ScanCode>>{{0x0e}};
    case 0x1b:
        return QList<QList<ScanCode>>{{0x01}};
    default:
        break;
    }
    if (const auto place = m_private->direct.find(character); place != m_private->direct.end())
        return QList<QList<ScanCode>>{Private::chord(*place)};
    if (const auto pair = m_private->composed.find(character); pair != m_private->composed.end())
        return QList<QList<ScanCode>>{Private::chord(pair->first), Private::chord(pair->second)};
    return std::nullopt;
}

QString KeyboardLayout::label(ScanCode code, Level level) const
{
    const xkb_keysym_t keysym = m_private->keysym(code, level);
    if (const DeadKey *dead = findDeadKey(keysym))
        return fromCharacter(dead->shown);
    const char32_t character = xkb_keysym_to_utf32(keysym);
    return character > 0x20 ? fromCharacter(character) : QString();
}

bool KeyboardLayout::isDead(ScanCode code, Level level) const
{
    return findDeadKey(m_private->keysym(code, level)) != nullptr;
}

QList<char32_t> KeyboardLayout::missingCharacters(const QString &text) const
{
    QList<char32_t> missing;
    const QList<uint> characters = text.toUcs4();
    for (const char32_t character : characters) {
        if (character != U'\r' && !missing.contains(character) && !chordsFor(character))
            missing.append(character);
    }
    return missing;
}

} // namespace engine
