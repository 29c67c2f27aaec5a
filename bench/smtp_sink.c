// An SMTP server that takes every message and forgets it, faster than any client can write.

#include "sink.h"

#include <strings.h>

enum { COMMANDS, CONTENT };

static void greet(struct peer *peer) {
  calls++;
  say(peer, "220 sink ESMTP\r\n", 16);
}

static void answer(struct peer *peer, const char *command) {
  const char *text = "250 2.0.0 Ok\r\n";
  if (!strncasecmp(command, "EHLO", 4)) text = "250-sink\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n250 8BITMIME\r\n";
  else if (!strncasecmp(command, "DATA", 4)) text = "354 End with a dot\r\n";
  else if (!strncasecmp(command, "QUIT", 4)) text = "221 2.0.0 Bye\r\n";
  say(peer, text, strlen(text));
}

static void heed(struct peer *peer) {
  size_t at = 0;
  for (;;) {
    char *start = peer->in + at;
    size_t left = peer->in_length - at;
    if (peer->state == COMMANDS) {
      char *end = memchr(start, '\n', left);
      if (!end) break;
      answer(peer, start);
      if (!strncasecmp(start, "DATA", 4)) {
        peer->state = CONTENT;
        peer->seen = 0;
        at = end - 1 - peer->in;  // its CRLF may begin the end of an empty message
      } else {
        at = end + 1 - peer->in;
      }
    } else {
      char *end = memmem(start, left, "\r\n.\r\n", 5);
      if (end) {
        bytes += peer->seen + (end + 2 - start) - 2;
        messages++;
        say(peer, "250 2.0.0 Ok: queued\r\n", 22);
        peer->state = COMMANDS;
        at = end + 5 - peer->in;
      } else {
        size_t done = left > 4 ? left - 4 : 0;
        peer->seen += done;
        at += done;
        break;
      }
    }
  }
  forget(peer, at);
}

int main(void) { return run(); }
