// What both sinks are made of: one epoll loop over growing buffers, and counts told at SIGTERM.
//
// A protocol writes two functions: `greet` says what a new connection hears, `heed` is called whenever bytes came in.
// The port is told on the first line of the output, the counts as JSON on the last one.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer {
  int socket;
  int state;
  char *in, *out;
  size_t in_length, in_room, out_length, out_room, seen;
};

static unsigned long calls, messages, bytes;
static volatile sig_atomic_t ended;

static void greet(struct peer *peer);
static void heed(struct peer *peer);

static void grow(char **buffer, size_t *room, size_t wanted) {
  if (wanted <= *room) return;
  while (*room < wanted) *room = *room ? 2 * *room : 256 * 1024;
  *buffer = realloc(*buffer, *room);
  if (!*buffer) abort();
}

static void say(struct peer *peer, const char *text, size_t length) {
  grow(&peer->out, &peer->out_room, peer->out_length + length);
  memcpy(peer->out + peer->out_length, text, length);
  peer->out_length += length;
}

static void forget(struct peer *peer, size_t length) {
  peer->in_length -= length;
  memmove(peer->in, peer->in + length, peer->in_length);
}

static int flush(struct peer *peer) {
  size_t sent = 0;
  while (sent < peer->out_length) {
    ssize_t n = write(peer->socket, peer->out + sent, peer->out_length - sent);
    if (n < 0 && errno == EAGAIN) usleep(100);  // answers are small; the other side reads them
    else if (n < 0) return -1;
    else sent += n;
  }
  peer->out_length = 0;
  return 0;
}

static void leave(struct peer *peer) {
  close(peer->socket);
  free(peer->in);
  free(peer->out);
  free(peer);
}

static void serve(struct peer *peer) {
  for (int turn = 0; turn < 16; turn++) {
    grow(&peer->in, &peer->in_room, peer->in_length + 256 * 1024);
    ssize_t n = read(peer->socket, peer->in + peer->in_length, peer->in_room - peer->in_length);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (n <= 0) return leave(peer);
    peer->in_length += n;
    heed(peer);
    if (flush(peer)) return leave(peer);
  }
}

static void end(int number) {
  (void)number;
  ended = 1;
}

static int run(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0), on = 1;
  if (bind(door, (void *)&address, length) || listen(door, 1024) || getsockname(door, (void *)&address, &length)) {
    perror("sink");
    return 1;
  }
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  epoll_ctl(poll, EPOLL_CTL_ADD, door, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  while (!ended) {
    struct epoll_event events[256];
    int count = epoll_wait(poll, events, 256, 1000);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr) {
        serve(events[i].data.ptr);
        continue;
      }
      int socket = accept4(door, NULL, NULL, SOCK_NONBLOCK);
      if (socket < 0) continue;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      struct peer *peer = calloc(1, sizeof *peer);
      peer->socket = socket;
      greet(peer);
      flush(peer);
      epoll_ctl(poll, EPOLL_CTL_ADD, socket, &(struct epoll_event){.events = EPOLLIN, .data.ptr = peer});
    }
  }
  printf("{\"calls\": %lu, \"messages\": %lu, \"bytes\": %lu}\n", calls, messages, bytes);
  return 0;
}
