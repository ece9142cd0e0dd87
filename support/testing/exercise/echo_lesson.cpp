#include "echo_lesson.hpp"

#include "report.hpp"

#include <array>
#include <string_view>

namespace exercise {

namespace {

enum class part { bytes, others, stopping, leftovers, address };

struct tested {
    std::string_view test;
    part of;
    std::string_view expected;
    int limit = 60; // seconds
};

constexpr auto tests = std::to_array<tested>({
    // The ladder.
    {"ServerStarts", part::address, "the server listens on a free port", 5},
    {"OneByteComesBack", part::bytes, "one byte comes back to its client", 5},
    {"SecondMessageComesBack", part::bytes, "a client's second message comes back like its first",
     5},
    {"MoreThanABufferComesBack", part::bytes,
     "a message of 100,000 bytes comes back whole and in order", 5},
    {"EndOfTheClientIsAnswered", part::bytes,
     "a client that has sent its last byte sees the end of the stream", 5},
    {"NextClientIsServed", part::others, "when a client has left, the next one is served", 5},
    {"SilentClientHoldsNobodyUp", part::others,
     "a client is served while another one is connected and sends nothing", 5},
    {"StopReturnsWithoutClients", part::stopping, "stop() returns while nobody is connected", 5},
    {"StopReturnsWithASilentClient", part::stopping,
     "stop() returns while a client is connected that sends nothing, and disconnects it", 5},
    // The contract.
    {"SameBytesComeBackForEverySize", part::bytes,
     "messages of 1 byte up to 1 MiB come back, each whole and in order"},
    {"SameBytesComeBackOneByteAtATime", part::bytes, "bytes that come one by one come back"},
    {"SameBytesComeBackInRandomPieces", part::bytes, "bytes that come in any pieces come back"},
    {"TwoMessagesInOneSendBothComeBack", part::bytes,
     "two messages that come together both come back"},
    {"ManyMessagesInARowComeBack", part::bytes, "message after message comes back"},
    {"AfterHalfCloseEverythingStillComesBackThenTheEnd", part::bytes,
     "after a client's last byte the rest comes back, and then the end"},
    {"HalfCloseWhileNobodyReadsLosesNothing", part::bytes,
     "a client that ends its stream and reads only then gets every byte"},
    {"HalfCloseWithNothingSentEndsTheStream", part::bytes,
     "a client that sends nothing and ends its stream sees the end"},
    {"ResetsInMidStreamHurtNobodyElse", part::others,
     "a hundred clients reset their connections, and the others are served"},
    {"ABusyClientHoldsNobodyUp", part::others,
     "a client is served while another one sends without end"},
    {"AClientThatNeverReadsCostsBoundedMemoryAndHoldsNobodyUp", part::others,
     "a client that never reads costs little memory, and the others are served"},
    {"ConnectionsOneAfterAnotherLeaveNothingBehind", part::leftovers,
     "500 clients come and go, and no memory, handle or thread of theirs stays"},
    {"StartingAndStoppingLeavesNothingBehind", part::leftovers,
     "20 servers start and stop, and nothing of theirs stays"},
    {"StopWithOperationsPendingReturnsAndDisconnects", part::stopping,
     "stop() returns with operations in flight, and disconnects everybody"},
    {"StopWithoutClientsReturns", part::stopping, "stop() returns while nobody is connected"},
    {"StopTwiceIsStopOnce", part::stopping, "a second stop() does nothing"},
    {"DestructorStops", part::stopping, "the destructor stops the server"},
    {"StopDuringLargeTransfersReturns", part::stopping, "stop() returns during large transfers"},
    {"StopWhileAClientIsBusyReturns", part::stopping,
     "stop() returns while a client sends without end"},
    {"StopWhileClientsConnectReturns", part::stopping, "stop() returns while clients connect"},
    {"PortCanBeTakenAgainAtOnce", part::stopping, "after stop() the port is free at once"},
    {"TakenPortThrowsNamingIt", part::address, "a port that is taken is refused, by its number"},
    {"BadAddressThrowsNamingIt", part::address, "a bad address is refused, by its name"},
    {"AddressOfAnotherMachineThrowsNamingIt", part::address,
     "another machine's address is refused, by its name"},
    {"ListensOnThisMachineOnlyUnlessTold", part::address,
     "without an address the server listens on 127.0.0.1"},
    {"ListensOnTheAddressItIsGiven", part::address,
     "the server listens on the address it is given"},
    {"ListensOnAName", part::address, "the server listens on the address of a name"},
    {"ListensOnAnAddressOfIpv6", part::address, "the server listens on an address of IPv6"},
    {"ListensOnAllAddressesOfBothFamilies", part::address,
     "with the address :: the server takes clients over IPv6 and IPv4"},
    {"StopsWhereNobodyCanConnect", part::stopping,
     "stop() returns though nobody can connect to the server's address"},
    {"PortIsItsOwn", part::address, "no other program can listen on the server's port"},
    {"TwoServersServeSideBySide", part::leftovers, "two servers serve side by side"},
    {"SilentClientsHoldNobodyUp", part::others, "300 silent clients hold nobody up"},
    {"ManyClientsAtOnceEachGetTheirOwnBytes", part::others,
     "300 clients at once get their own bytes each"},
    {"StopWithManyClientsReturnsAndDisconnectsAll", part::stopping,
     "stop() returns with 300 clients, and disconnects them all"},
    // The contract of the models with overlapped operations.
    {"StopCollectsEveryOperation", part::stopping,
     "when stop() returns, every operation has been collected"},
});

constexpr std::array rules{
    "what a receive brings is sent back, all of it, in order; the end of the stream is answered "
    "by an end",
    "nothing that one client does, or leaves undone, holds up another one",
    "stop() returns, whatever the clients do: it ends what waits, and then waits for its end",
    "what a client or a server has taken is given back when it goes",
    "the server listens where it is told, alone, or says why not",
};

struct place {
    std::string lesson;
    std::array<std::string, rules.size()> headings;
    std::array<rule, rules.size()> of_part;
};

// Never destroyed: a rule may be printed to the end of the program.
place& known() {
    static place& only = *new place;
    return only;
}

// For each test: begins the step, and names the rule. A test of the contract takes a few seconds on
// a busy machine; most waits in it have a limit of their own.
void on_test(std::string_view test) {
    for (const tested& each : tests)
        if (each.test == test) {
            about(known().of_part[static_cast<std::size_t>(each.of)]);
            expect(std::string{each.expected}, std::chrono::seconds{each.limit});
        }
}

} // namespace

bool know_echo_lesson(const std::string& lesson, const echo_headings& headings) {
    place& here = known();
    here.lesson = lesson;
    here.headings = {headings.bytes, headings.others, headings.stopping, headings.leftovers,
                     headings.address};
    for (std::size_t i = 0; i < rules.size(); ++i)
        here.of_part[i] = rule{rules[i], here.lesson, here.headings[i]};
    call_at_each_test(on_test);
    return true;
}

} // namespace exercise
