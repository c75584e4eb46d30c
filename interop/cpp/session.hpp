// A session: the open channels, and the verbs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "channel.hpp"
#include "commands.hpp"

class Session {
public:
    // Obeys a command and gives the reply.
    std::string obey(std::string_view line);

private:
    struct Verb;
    static const std::map<std::string_view, Verb> verbs;

    std::string hello(const Values& values);
    std::string open(const Values& values);
    std::string accept(const Values& values);
    std::string send(const Values& values);
    std::string receive(const Values& values);
    std::string close(const Values& values);
    std::string reset(const Values& values);
    std::string echo(const Values& values);
    std::string ping(const Values& values);
    std::string layout(const Values& values);

    Channel& channel(const Values& values);

    std::map<std::string, Channel, std::less<>> channels_;
};
