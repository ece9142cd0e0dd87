/// \file
/// The contract of every echo server, whatever its I/O model.
///
/// A chapter describes its server by a model and instantiates the suites:
/// \code
/// struct thread_per_client {
///     using server = blocking::echo_server;
///     static constexpr const char* name = "thread_per_client";
///     static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
///                                          std::uint16_t port = 0) {
///         return std::make_unique<server>(blocking::echo_options{address, port});
///     }
/// };
///
/// namespace harness {
/// using models = ::testing::Types<thread_per_client>;
/// INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_contract, models, model_names);
/// INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_crowd_contract, models, model_names);
/// } // namespace harness
/// \endcode
///
/// echo_contract needs no more than 10 clients at once; echo_crowd_contract needs 301.
#pragma once

#include "testing/contracts/echo/address.hpp"
#include "testing/contracts/echo/bytes.hpp"
#include "testing/contracts/echo/crowd.hpp"
#include "testing/contracts/echo/leftovers.hpp"
#include "testing/contracts/echo/other_clients.hpp"
#include "testing/contracts/echo/stop.hpp"

namespace harness {

REGISTER_TYPED_TEST_SUITE_P(
    echo_contract, SameBytesComeBackForEverySize, SameBytesComeBackOneByteAtATime,
    SameBytesComeBackInRandomPieces, TwoMessagesInOneSendBothComeBack, ManyMessagesInARowComeBack,
    AfterHalfCloseEverythingStillComesBackThenTheEnd, HalfCloseWhileNobodyReadsLosesNothing,
    HalfCloseWithNothingSentEndsTheStream, ResetsInMidStreamHurtNobodyElse,
    ABusyClientHoldsNobodyUp, AClientThatNeverReadsCostsBoundedMemoryAndHoldsNobodyUp,
    ConnectionsOneAfterAnotherLeaveNothingBehind, StartingAndStoppingLeavesNothingBehind,
    StopWithOperationsPendingReturnsAndDisconnects, StopWithoutClientsReturns, StopTwiceIsStopOnce,
    DestructorStops, StopDuringLargeTransfersReturns, StopWhileAClientIsBusyReturns,
    StopWhileClientsConnectReturns, PortCanBeTakenAgainAtOnce, TakenPortThrowsNamingIt,
    BadAddressThrowsNamingIt, AddressOfAnotherMachineThrowsNamingIt,
    ListensOnThisMachineOnlyUnlessTold, ListensOnTheAddressItIsGiven, ListensOnAName,
    ListensOnAnAddressOfIpv6, ListensOnAllAddressesOfBothFamilies, StopsWhereNobodyCanConnect,
    PortIsItsOwn, TwoServersServeSideBySide);

REGISTER_TYPED_TEST_SUITE_P(echo_crowd_contract, SilentClientsHoldNobodyUp,
                            ManyClientsAtOnceEachGetTheirOwnBytes,
                            StopWithManyClientsReturnsAndDisconnectsAll);

} // namespace harness
