// The pages of a cache: taken, shared by sequences that begin with the same tokens, given back.
#ifndef PA_EXAMPLES_ENGINE_PAGES_H
#define PA_EXAMPLES_ENGINE_PAGES_H

#include <map>
#include <vector>

class Pages {
public:
  explicit Pages(int count) : owners(count) {
    for (int page = count; page-- > 0;)
      freePages.push_back(page);
  }

  size_t available() const { return freePages.size(); }

  // A page of one's own.
  int take() {
    int page = freePages.back();
    freePages.pop_back();
    owners[page] = 1;
    return page;
  }

  // The page that holds the end of these tokens, which fill it; -1 if no sequence has it now.
  int share(const std::vector<int> &tokens) {
    auto found = full.find(tokens);
    if (found == full.end())
      return -1;
    ++owners[found->second];
    return found->second;
  }

  // From now on others may share it.
  void publish(const std::vector<int> &tokens, int page) { full.emplace(tokens, page); }

  void giveBack(int page) {
    if (--owners[page] > 0)
      return;
    for (auto it = full.begin(); it != full.end();)
      it = it->second == page ? full.erase(it) : std::next(it);
    freePages.push_back(page);
  }

private:
  std::vector<int> owners, freePages;
  std::map<std::vector<int>, int> full;
};

#endif
