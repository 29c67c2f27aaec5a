// A carrier's API over HTTP that accepts everything and forgets it: `http_sink postmark|mailgun [FILE]`.
//
// Postmark has one result for each message with its `To`, in order; Mailgun has one id for the whole call. The first
// call, headers and body, is written to FILE.

#include "sink.h"

static int is_postmark;
static const char *sample;

static void greet(struct peer *peer) { (void)peer; }

// The whole length of the request that begins the buffer, 0 while its headers are not complete.
static size_t expected(struct peer *peer, size_t *head) {
  char *end = memmem(peer->in, peer->in_length, "\r\n\r\n", 4);
  if (!end) return 0;
  *head = end + 4 - peer->in;
  char saved = *end;
  *end = 0;
  char *length = strcasestr(peer->in, "\r\nContent-Length:");
  *end = saved;
  return *head + (length ? strtoul(length + 17, NULL, 10) : 0);
}

static void keep(const char *request, size_t length) {
  FILE *file = fopen(sample, "w");
  if (!file || fwrite(request, 1, length, file) != length || fclose(file)) abort();
  sample = NULL;
}

static char *answer;
static size_t answer_length, answer_room;

static void write_answer(const char *text, size_t length) {
  grow(&answer, &answer_room, answer_length + length);
  memcpy(answer + answer_length, text, length);
  answer_length += length;
}

static size_t quoted(const char *text, const char *end) {
  const char *at = text + 1;
  while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
  return at + 1 - text;
}

static void postmark_answer(const char *body, size_t length) {
  static const char key[] = "\"To\":";
  const char *at = body, *end = body + length, *separator = "[";
  while ((at = memmem(at, end - at, key, 5))) {
    at += 5;
    if (*at == ' ') at++;
    size_t address = quoted(at, end);
    char identity[160];
    write_answer(separator, 1);
    write_answer("{\"To\":", 6);
    write_answer(at, address);
    int n = snprintf(identity, sizeof identity,
                     ",\"SubmittedAt\":\"2026-03-02T08:00:00.0000000-05:00\",\"MessageID\":"
                     "\"0a129aee-e1cd-480d-b08d-%012lx\",\"ErrorCode\":0,\"Message\":\"OK\"}", messages);
    write_answer(identity, n);
    separator = ",";
    messages++;
    at += address;
  }
  write_answer(*separator == '[' ? "[]" : "]", *separator == '[' ? 2 : 1);
}

static void mailgun_answer(const char *body, size_t length) {
  // Everybody of a call is counted by the `to` of its form or, in a batch, by our client; the sink counts calls.
  (void)body, (void)length;
  char text[160];
  int n = snprintf(text, sizeof text,
                   "{\"id\":\"<20260302080000.%016lx@news.example.org>\",\"message\":\"Queued. Thank you.\"}", calls);
  write_answer(text, n);
}

static void heed(struct peer *peer) {
  size_t head = 0, whole;
  while ((whole = peer->seen ? peer->seen : expected(peer, &head))) {
    peer->seen = whole;  // so that the headers are looked at once, and not with every block
    if (peer->in_length < whole) {
      grow(&peer->in, &peer->in_room, whole);
      return;
    }
    if (!head) expected(peer, &head);
    if (sample) keep(peer->in, whole);
    calls++;
    bytes += whole - head;
    answer_length = 0;
    if (is_postmark) postmark_answer(peer->in + head, whole - head);
    else mailgun_answer(peer->in + head, whole - head);
    char start[160];
    int n = snprintf(start, sizeof start,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", answer_length);
    say(peer, start, n);
    say(peer, answer, answer_length);
    forget(peer, whole);
    peer->seen = head = 0;
  }
}

int main(int count, char **words) {
  if (count < 2) return 2;
  is_postmark = !strcmp(words[1], "postmark");
  sample = count > 2 ? words[2] : NULL;
  return run();
}
