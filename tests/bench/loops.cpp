// What a hand-written loop takes, with nothing but the model in it: no log, no rules, no names.
//
//   loops queue C LAMBDA MU THETA CONTACTS        M/M/c+M, first come, first served
//   loops chats C TABS LAMBDA TURNS S Z CONTACTS  agents with so many tabs each, a queue, geometric turns; the oldest
//                                                 unanswered message of an agent comes next
// Prints the nanoseconds of processor time of a contact, and a mean to be held against a formula.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cmath>
#include <ctime>
#include <deque>
#include <queue>
#include <random>
#include <vector>

struct Event { double at; int kind; int64_t who; };
struct Later { bool operator()(const Event& a, const Event& b) const { return a.at > b.at; } };
using Agenda = std::priority_queue<Event, std::vector<Event>, Later>;

static std::mt19937_64 dice(7);
static double draw(double rate) { return -std::log(1.0 - (dice() >> 11) * 0x1.0p-53) / rate; }
static double share() { return (dice() >> 11) * 0x1.0p-53; }

enum { ARRIVES, LEAVES, ENDS };

// Returns the share of contacts that left.
static double queue(int c, double lambda, double mu, double theta, int64_t contacts) {
  Agenda agenda;
  std::deque<int64_t> line;
  std::vector<char> waits(contacts, 0);
  int free = c;
  int64_t come = 0, left = 0;
  agenda.push({draw(lambda), ARRIVES, 0});
  while (!agenda.empty()) {
    Event e = agenda.top();
    agenda.pop();
    if (e.kind == ARRIVES) {
      int64_t who = come++;
      if (come < contacts) agenda.push({e.at + draw(lambda), ARRIVES, come});
      if (free > 0) { free--; agenda.push({e.at + draw(mu), ENDS, who}); }
      else { waits[who] = 1; line.push_back(who); agenda.push({e.at + draw(theta), LEAVES, who}); }
    } else if (e.kind == LEAVES) {
      if (waits[e.who]) { waits[e.who] = 0; left++; }
    } else {
      while (!line.empty() && !waits[line.front()]) line.pop_front();
      if (line.empty()) free++;
      else { int64_t who = line.front(); line.pop_front(); waits[who] = 0; agenda.push({e.at + draw(mu), ENDS, who}); }
    }
  }
  return double(left) / contacts;
}

struct Agent { int held = 0; bool busy = false; std::deque<int64_t> unread; };

// Returns the mean seconds from a customer's message, once given to an agent, to the reply.
static double chats(int c, int tabs, double lambda, double turns, double s, double z, int64_t contacts) {
  Agenda agenda;
  std::vector<Agent> agents(c);
  std::vector<int> of(contacts, -1);
  std::vector<double> asked(contacts, 0.0);
  std::deque<int64_t> line;
  int64_t come = 0, replies = 0;
  double waited = 0;
  auto serve = [&](int a, double now) {
    Agent& agent = agents[a];
    if (agent.busy || agent.unread.empty()) return;
    agent.busy = true;
    agenda.push({now + draw(1 / s), ENDS, agent.unread.front()});
    agent.unread.pop_front();
  };
  auto give = [&](int a, int64_t who, double now) {
    of[who] = a; agents[a].held++; asked[who] = now; agents[a].unread.push_back(who); serve(a, now);
  };
  agenda.push({draw(lambda), ARRIVES, 0});
  while (!agenda.empty()) {
    Event e = agenda.top();
    agenda.pop();
    if (e.kind == ARRIVES) {
      int64_t who = come++;
      if (come < contacts) agenda.push({e.at + draw(lambda), ARRIVES, come});
      int best = 0;
      for (int a = 1; a < c; a++) if (agents[a].held < agents[best].held) best = a;
      if (agents[best].held < tabs) give(best, who, e.at); else line.push_back(who);
    } else if (e.kind == LEAVES) {  // has thought, and writes
      asked[e.who] = e.at; agents[of[e.who]].unread.push_back(e.who); serve(of[e.who], e.at);
    } else {
      int a = of[e.who];
      agents[a].busy = false;
      replies++; waited += e.at - asked[e.who];
      if (share() < 1 / turns) {
        agents[a].held--;
        if (!line.empty()) { int64_t who = line.front(); line.pop_front(); give(a, who, e.at); }
      } else agenda.push({e.at + draw(1 / z), LEAVES, e.who});
      serve(a, e.at);
    }
  }
  return waited / replies;
}

int main(int n, char** words) {
  if (n < 7) return 2;
  auto number = [&](int i) { return std::atof(words[i]); };
  std::clock_t begun = std::clock();
  bool is_queue = !std::strcmp(words[1], "queue");
  int64_t contacts = is_queue ? number(6) : number(8);
  double mean = is_queue ? queue(number(2), number(3), number(4), number(5), contacts)
                         : chats(number(2), number(3), number(4), number(5), number(6), number(7), contacts);
  double took = double(std::clock() - begun) / CLOCKS_PER_SEC;
  std::printf("%.3f %.9f\n", 1e9 * took / contacts, mean);
}
