// Which of the places where a call stands in the source made the call of a recording.
import assert from 'node:assert/strict';
import test from 'node:test';

import { filmOf } from '../lib/film.mjs';
import { openFilm } from '../lib/moment.mjs';
import { parseRecording } from '../lib/recording.mjs';
import { Source } from '../lib/source.mjs';
import { MadeUp } from './fixture.mjs';

const place = (call, name, more = {}) => (
  { call, name, file: 'a.cpp', near: [], on: '', kind: '', only: false, ...more });

// The functions in which each call named `name` may have been made.
function found(made, places, name) {
  const film = openFilm(filmOf(parseRecording(made.text)));
  const source = new Source(film, places);
  return film.calls.filter((call) => call.name === name)
    .map((call) => source.of(call).map((each) => each.name));
}

test('a call that stands in one place was made there', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'recv', 0, 1);
  assert.deepEqual(found(made, [place('recv', 'serve'), place('send', 'serve')], 'recv'), [['serve']]);
  assert.deepEqual(found(made, [], 'recv'), [[]]);
});

test('what a call is made on tells its place', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'accept', 0, 1, { handle: '0x1' })
    .call(1, 'recv', 1, 2, { handle: '0x2', bytes: 9 }).call(1, 'CancelIoEx', 3, 4, { handle: '0x1' })
    .call(1, 'CancelIoEx', 5, 6, { handle: '0x2' });
  const places = [place('CancelIoEx', 'listener’s', { on: 'listener' }),
    place('CancelIoEx', 'session’s', { on: 'session' })];
  assert.deepEqual(found(made, places, 'CancelIoEx'), [['listener’s'], ['session’s']]);
});

test('a connection is no file, and a listener may be taken for one', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'accept', 0, 1, { handle: '0x1' })
    .call(1, 'recv', 1, 2, { handle: '0x2', bytes: 9 })
    .call(1, 'CreateIoCompletionPort', 3, 4, { handle: '0x1' })
    .call(1, 'CreateIoCompletionPort', 5, 6, { handle: '0x2' });
  const [file, socket, none] = [place('CreateIoCompletionPort', 'file’s', { on: 'file' }),
    place('CreateIoCompletionPort', 'socket’s'),
    place('CreateIoCompletionPort', 'port’s', { on: 'none' })];
  assert.deepEqual(found(made, [file, socket, none], 'CreateIoCompletionPort'),
    [['file’s'], ['socket’s']]);
  assert.deepEqual(found(made, [file, none], 'CreateIoCompletionPort'), [['file’s'], ['file’s']],
    'nothing else is left');
});

test('in a copy a place that names a file stays', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'ReadFile', 0, 1, { handle: '0x1', bytes: 9 });
  assert.deepEqual(found(made, [place('ReadFile', 'read', { on: 'file' })], 'ReadFile'), [['read']]);
});

test('the calls around a call tell its place', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'recv', 0, 1).call(1, 'send', 1, 2);
  const places = [place('recv', 'serve', { near: ['send_all'] }), place('send', 'goodbye'),
    place('send', 'send_all', { near: ['serve'] })];
  assert.deepEqual(found(made, places, 'send'), [['send_all']]);
});

test('what is moved tells the place', () => {
  const made = new MadeUp().thread(1, 'main')
    .call(1, 'ReadFile', 0, 1, { handle: '0x1', operation: '0x1', result: 'pending' })
    .operation('ReadFile', '0x1', [1, 0], [1, 3], { by: 'GetOverlappedResult' })
    .call(1, 'GetOverlappedResult', 2, 3, { handle: '0x1', collected: ['0x1'] });
  const places = [place('GetOverlappedResult', 'finish_write', { kind: 'send' }),
    place('GetOverlappedResult', 'finish_read', { kind: 'receive' })];
  assert.deepEqual(found(made, places, 'GetOverlappedResult'), [['finish_read']]);
});

test('where nothing tells, all places are named', () => {
  const made = new MadeUp().thread(1, 'main').call(1, 'send', 0, 1);
  assert.deepEqual(found(made, [place('send', 'a'), place('send', 'b')], 'send'), [['a', 'b']]);
});

test('of the waits that the standard library makes too, the longest of main is ours', () => {
  const made = new MadeUp().thread(1, 'main').thread(2, 'thread 2')
    .call(1, 'WaitForSingleObject', 0, 1).call(1, 'WaitForSingleObject', 2, 50)
    .call(2, 'WaitForSingleObject', 0, 90);
  const places = [place('WaitForSingleObject', 'wait_until_stopped', { only: true })];
  assert.deepEqual(found(made, places, 'WaitForSingleObject').filter((each) => each.length > 0),
    [['wait_until_stopped']]);
});
