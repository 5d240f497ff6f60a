// SPDX-License-Identifier: GPL-3.0-or-later
// Reading folders, also while they change.
#include "tests/share/share_suite.h"

#include <algorithm>
#include <map>
#include <set>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

using namespace suite;

namespace {

void makeFiles(const std::string &prefix, int count)
{
    for (int i = 0; i < count; ++i) {
        const int file = ::open((prefix + std::to_string(i)).c_str(), O_WRONLY | O_CREAT, 0644);
        CHECK(file >= 0 && ::close(file) == 0);
    }
}

} // namespace

CASE(everyEntryOnce)
{
    makeFiles("file", many);
    const std::vector<std::string> found = names(".");
    CHECK(int(found.size()) == many);
    CHECK(std::adjacent_find(found.begin(), found.end()) == found.end());
    // And every one can be looked at.
    DIR *stream = ::opendir(".");
    CHECK(stream != nullptr);
    std::map<ino_t, int> numbers;
    while (const dirent *entry = ::readdir(stream)) {
        struct stat status
        { };
        CHECK(::fstatat(::dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0);
        if (S_ISREG(status.st_mode)) {
            CHECK(entry->d_ino == status.st_ino);
            CHECK(++numbers[status.st_ino] == 1);
        }
    }
    ::closedir(stream);
    CHECK(int(numbers.size()) == many);
}

CASE(typesAreTold)
{
    writeFile("file", "x");
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK(::symlink("file", "link") == 0);
    CHECK(::mkfifo("pipe", 0644) == 0);
    DIR *stream = ::opendir(".");
    std::map<std::string, int> types;
    while (const dirent *entry = ::readdir(stream))
        types[entry->d_name] = entry->d_type;
    ::closedir(stream);
    CHECK((types
           == std::map<std::string, int>{{".", DT_DIR},
                                         {"..", DT_DIR},
                                         {"file", DT_REG},
                                         {"folder", DT_DIR},
                                         {"link", DT_LNK},
                                         {"pipe", DT_FIFO}}));
    CHECK(statusOf("folder/..").st_ino == statusOf(".").st_ino);
    CHECK(statusOf(".").st_nlink == 3 || statusOf(".").st_nlink == 1);
}

CASE(readingUnderChange)
{
    makeFiles("stays", 500);
    makeFiles("goes", 500);
    DIR *stream = ::opendir(".");
    CHECK(stream != nullptr);
    std::multiset<std::string> seen;
    int count = 0;
    while (const dirent *entry = ::readdir(stream)) {
        seen.insert(entry->d_name);
        if (count < 500) {
            CHECK(::unlink(("goes" + std::to_string(count)).c_str()) == 0);
            writeFile("comes" + std::to_string(count), "x");
        }
        ++count;
    }
    ::closedir(stream);
    for (int i = 0; i < 500; ++i) // what was there all the time is there once
        CHECK(seen.count("stays" + std::to_string(i)) == 1);
    for (const std::string &name : seen)
        CHECK(seen.count(name) == 1);
}

CASE(removingAllWhileReading)
{
    makeFiles("file", 1500);
    DIR *stream = ::opendir(".");
    CHECK(stream != nullptr);
    while (const dirent *entry = ::readdir(stream))
        if (entry->d_name[0] == 'f')
            CHECK(::unlink(entry->d_name) == 0);
    ::closedir(stream);
    CHECK(names(".").empty());
}

CASE(goingBackInAFolder)
{
    makeFiles("file", 300);
    DIR *stream = ::opendir(".");
    CHECK(stream != nullptr);
    std::vector<std::pair<long, std::string>> places;
    for (;;) {
        const long place = ::telldir(stream);
        const dirent *entry = ::readdir(stream);
        if (!entry)
            break;
        places.emplace_back(place, entry->d_name);
    }
    CHECK(places.size() == 302);
    for (const std::size_t i : {std::size_t(250), std::size_t(3), std::size_t(120)}) {
        ::seekdir(stream, places[i].first);
        const dirent *entry = ::readdir(stream);
        CHECK(entry != nullptr && places[i].second == entry->d_name);
    }
    writeFile("added", "x");
    ::rewinddir(stream);
    bool isSeen = false;
    while (const dirent *entry = ::readdir(stream))
        isSeen = isSeen || std::string(entry->d_name) == "added";
    CHECK(isSeen);
    ::closedir(stream);
}

CASE(foldersInFolders)
{
    std::string path = "a";
    for (int i = 0; i < 100; ++i) {
        CHECK(::mkdir(path.c_str(), 0755) == 0);
        path += "/a";
    }
    writeFile(path, "deep");
    CHECK(readFile(path) == "deep");
    CHECK(statusOf("a").st_nlink == 3 || statusOf("a").st_nlink == 1);
}
