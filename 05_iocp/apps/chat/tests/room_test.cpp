// A room alone, in a server whose handler does nothing else. The test's thread speaks for the
// members, and their clients receive the frames.
#include "apps/chat/room.hpp"

#include "chat_fixture.hpp"
#include "server/tests/scripted_server.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace iocp_test;
using chat::room;
using chat_test::talker;
using iocp::session;

class chat_room : public scripted_server {
protected:
    chat_room() {
        options.queue_limit = 1'000'000;
        user.open = [this](session& self) {
            newest = self.share();
            opened->happen();
        };
        user.drained = [this](session&) {
            den.go_on();
        };
    }

    // Connects a client that is in no room, and keeps its session under that name.
    talker connect_as(const std::string& name) {
        opened.emplace();
        talker self{server->port()};
        EXPECT_TRUE(opened->wait());
        sessions[name] = std::move(newest);
        return self;
    }

    talker enter(const std::string& name) {
        talker self = connect_as(name);
        EXPECT_EQ(den.enter(name, sessions[name]), room::entry::entered);
        return self;
    }

    // Fills the queue of a member until the system takes no more. Returns the bytes.
    std::string stuff(const std::string& name) {
        opened.emplace();
        client bystander = connect();
        session& self = *sessions[name];
        std::string all;
        do {
            all += fill_queue(self);
            for (int i = 0; i < 20; ++i)
                EXPECT_EQ(bystander.exchange("hello"), "hello");
        } while (self.queued() < options.queue_limit / 2);
        return all;
    }

    room den{{3, 4'096}};
    std::map<std::string, std::shared_ptr<session>> sessions;
    std::shared_ptr<session> newest;
    std::optional<occasion> opened;
};

TEST_F(chat_room, WhoeverSpeaksWaitsForTheSlowestEachForOneFrame) {
    start();
    talker slow = enter("slow");
    talker ann = enter("ann");
    talker bo = enter("bo");
    const std::string before = stuff("slow");
    const std::size_t queued = sessions["slow"]->queued();
    ASSERT_TRUE(sessions["slow"]->is_congested());
    den.say("ann", "one");
    den.say("bo", "two");
    EXPECT_TRUE(sessions["ann"]->is_paused());
    EXPECT_TRUE(sessions["bo"]->is_paused());
    EXPECT_EQ(sessions["slow"]->queued(), queued) << "nothing more is queued";
    EXPECT_EQ(ann.next(), "welcome slow");
    EXPECT_EQ(ann.next(), "joined bo");
    EXPECT_FALSE(ann.connection.has_something_to_read());

    EXPECT_EQ(slow.next(), "welcome");
    EXPECT_EQ(slow.next(), "joined ann");
    EXPECT_EQ(slow.next(), "joined bo");
    EXPECT_TRUE(harness::same_bytes(before, slow.connection.receive_exactly(before.size())));
    for (talker* const each : {&slow, &ann}) {
        EXPECT_EQ(each->next(), "said ann: one");
        EXPECT_EQ(each->next(), "said bo: two");
    }
    harness::wait_until([&] { return !sessions["bo"]->is_paused(); });
    EXPECT_FALSE(sessions["ann"]->is_paused());
    EXPECT_FALSE(sessions["bo"]->is_paused());
    den.say("ann", "three");
    EXPECT_FALSE(sessions["ann"]->is_paused());
    EXPECT_EQ(slow.next(), "said ann: three");
}

// A name and a place are taken as soon as a client asks for them, even while it waits.
TEST_F(chat_room, WhoeverEntersWaitsToo) {
    start();
    talker slow = enter("slow");
    const std::string before = stuff("slow");
    talker ann = enter("ann");
    EXPECT_TRUE(sessions["ann"]->is_paused());
    EXPECT_EQ(den.enter("ann", sessions["slow"]), room::entry::name_taken);
    talker bo = enter("bo");
    EXPECT_EQ(den.enter("cy", sessions["slow"]), room::entry::full);
    EXPECT_FALSE(ann.connection.has_something_to_read());
    den.leave("bo"); // no other member ever knew of it

    EXPECT_EQ(slow.next(), "welcome");
    EXPECT_TRUE(harness::same_bytes(before, slow.connection.receive_exactly(before.size())));
    EXPECT_EQ(slow.next(), "joined ann");
    EXPECT_EQ(ann.next(), "welcome slow");
    harness::wait_until([&] { return !sessions["ann"]->is_paused(); });
    den.say("ann", "here");
    EXPECT_EQ(slow.next(), "said ann: here");
    EXPECT_EQ(ann.next(), "said ann: here");
}

TEST_F(chat_room, GoesOnWhenTheSlowestLeaves) {
    start();
    talker slow = enter("slow");
    talker ann = enter("ann");
    talker bo = enter("bo");
    static_cast<void>(stuff("slow"));
    den.say("ann", "one");
    den.say("bo", "never said");
    den.leave("bo");
    den.leave("slow");
    EXPECT_EQ(ann.next(), "welcome slow");
    for (const char* const expected : {"joined bo", "left bo", "left slow", "said ann: one"})
        EXPECT_EQ(ann.next(), expected);
    EXPECT_FALSE(sessions["ann"]->is_paused());
}

} // namespace
