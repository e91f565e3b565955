// Graphs: nodes with work, kept in an order that respects their dependencies.
#ifndef PA_RUNTIME_HIP_GRAPH_H
#define PA_RUNTIME_HIP_GRAPH_H

#include "runtime/hip/Work.h"

struct hipGraphNode {
  pa::hip::Work work;
  std::vector<hipGraphNode *> after; // what it depends on
  hipGraphNode *original = nullptr;  // in an instantiated graph: the node that it was made from
};

struct ihipGraph {
  std::vector<std::unique_ptr<hipGraphNode>> nodes;
  int device = 0;

  hipGraphNode *add(pa::hip::Work work, std::vector<hipGraphNode *> after);
};

struct hipGraphExec {
  std::unique_ptr<ihipGraph> graph; // a copy: the original can go away
};

namespace pa::hip {

hipGraphNodeType typeOf(const Work &work);
// A new graph's handle, known to the library from now on.
ihipGraph *registerGraph(std::unique_ptr<ihipGraph> graph);
void discardGraph(ihipGraph *graph);

} // namespace pa::hip

#endif
