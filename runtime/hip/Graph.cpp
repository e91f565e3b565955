#include "runtime/hip/Graph.h"
#include "runtime/hip/Module.h"
#include "runtime/hip/Stream.h"

#include <algorithm>
#include <set>

namespace pa::hip {
namespace {

struct Graphs {
  std::map<ihipGraph *, std::unique_ptr<ihipGraph>> graphs;
  std::map<hipGraphExec *, std::unique_ptr<hipGraphExec>> instances;
};
Graphs &known() {
  static auto *all = new Graphs;
  return *all;
}

ihipGraph &graphOf(hipGraph_t handle) {
  require(known().graphs.count(handle));
  return *handle;
}
hipGraphExec &instanceOf(hipGraphExec_t handle) {
  require(known().instances.count(handle));
  return *handle;
}

ihipGraph *graphHolding(const hipGraphNode *node) {
  for (auto &entry : known().graphs)
    for (auto &candidate : entry.first->nodes)
      if (candidate.get() == node)
        return entry.first;
  return nullptr;
}
hipGraphNode &nodeOf(hipGraphNode_t handle) {
  require(graphHolding(handle) != nullptr);
  return *handle;
}

template <class T> T &workOf(hipGraphNode &node) {
  T *work = std::get_if<T>(&node.work);
  require(work != nullptr, hipErrorInvalidValue, "the node is of another kind");
  return *work;
}

// Dependencies first; the order of creation else.
std::vector<hipGraphNode *> sorted(const ihipGraph &graph) {
  std::vector<hipGraphNode *> order;
  std::set<hipGraphNode *> done;
  while (order.size() < graph.nodes.size()) {
    size_t before = order.size();
    for (const auto &node : graph.nodes) {
      bool ready = std::all_of(node->after.begin(), node->after.end(), [&](auto *n) { return done.count(n); });
      if (ready && done.insert(node.get()).second)
        order.push_back(node.get());
    }
    require(order.size() > before, hipErrorInvalidValue, "the graph has a cycle");
  }
  return order;
}

std::unique_ptr<ihipGraph> copyOf(const ihipGraph &graph) {
  auto copy = std::make_unique<ihipGraph>();
  copy->device = graph.device;
  std::map<hipGraphNode *, hipGraphNode *> copies;
  for (hipGraphNode *node : sorted(graph)) {
    std::vector<hipGraphNode *> after;
    after.reserve(node->after.size());
    for (hipGraphNode *dependency : node->after)
      after.push_back(copies.at(dependency));
    hipGraphNode *added = copy->add(node->work, std::move(after));
    added->original = node;
    copies[node] = added;
  }
  return copy;
}

hipGraphNode &nodeOfInstance(hipGraphExec &instance, hipGraphNode_t original) {
  for (auto &node : instance.graph->nodes)
    if (node->original == original)
      return *node;
  fail(hipErrorInvalidValue, "the node is not of the graph that was instantiated");
}

KernelWork nodeWork(const hipKernelNodeParams &p) {
  return kernelWork(functionOf(p.func), p.gridDim, p.blockDim, p.sharedMemBytes, p.kernelParams, p.extra);
}

FillWork fillWork(const hipMemsetParams &p) {
  require(p.elementSize == 1 || p.elementSize == 2 || p.elementSize == 4);
  return {p.dst, p.value, p.elementSize, p.width, p.height, p.pitch};
}

void addNode(hipGraphNode_t *out, hipGraph_t handle, const hipGraphNode_t *after, size_t count, Work work) {
  require(out && (after || count == 0));
  ihipGraph &graph = graphOf(handle);
  for (size_t n = 0; n < count; ++n)
    require(graphHolding(after[n]) == &graph, hipErrorInvalidValue, "a dependency is not of this graph");
  *out = graph.add(std::move(work), std::vector<hipGraphNode *>(after, after + count));
}

void instantiate(hipGraphExec_t *out, hipGraph_t handle) {
  require(out);
  auto instance = std::make_unique<hipGraphExec>();
  instance->graph = copyOf(graphOf(handle));
  *out = instance.get();
  known().instances[*out] = std::move(instance);
}

// Also into a capture: the nodes become part of what is captured, one after the other.
void launch(hipGraphExec_t handle, hipStream_t stream) {
  hipGraphExec &instance = instanceOf(handle);
  for (const auto &node : instance.graph->nodes) // `copyOf` has sorted them
    enqueue(stream, node->work);
}

hipGraphExecUpdateResult compare(const ihipGraph &old, const ihipGraph &fresh) {
  if (old.nodes.size() != fresh.nodes.size())
    return hipGraphExecUpdateErrorTopologyChanged;
  for (size_t n = 0; n < old.nodes.size(); ++n) {
    if (old.nodes[n]->work.index() != fresh.nodes[n]->work.index())
      return hipGraphExecUpdateErrorNodeTypeChanged;
    if (old.nodes[n]->after.size() != fresh.nodes[n]->after.size())
      return hipGraphExecUpdateErrorTopologyChanged;
  }
  return hipGraphExecUpdateSuccess;
}

// HIP's two-step protocol: the count alone when there is no array.
void give(const std::vector<hipGraphNode *> &nodes, hipGraphNode_t *out, size_t *count) {
  require(count);
  if (!out) {
    *count = nodes.size();
    return;
  }
  for (size_t n = 0; n < *count; ++n)
    out[n] = n < nodes.size() ? nodes[n] : nullptr;
  *count = std::min(*count, nodes.size());
}

} // namespace

hipGraphNodeType typeOf(const Work &work) {
  constexpr hipGraphNodeType types[] = {hipGraphNodeTypeEmpty,  hipGraphNodeTypeKernel, hipGraphNodeTypeMemcpy,
                                        hipGraphNodeTypeMemset, hipGraphNodeTypeHost,   hipGraphNodeTypeEventRecord};
  return types[work.index()];
}

ihipGraph *registerGraph(std::unique_ptr<ihipGraph> graph) {
  ihipGraph *handle = graph.get();
  known().graphs[handle] = std::move(graph);
  return handle;
}

void discardGraph(ihipGraph *graph) { known().graphs.erase(graph); }

} // namespace pa::hip

using namespace pa::hip;

hipGraphNode *ihipGraph::add(Work work, std::vector<hipGraphNode *> after) {
  nodes.push_back(std::make_unique<hipGraphNode>(hipGraphNode{std::move(work), std::move(after), nullptr}));
  return nodes.back().get();
}

PA_HIP(hipGraphCreate, (hipGraph_t * graph, unsigned flags), {
  require(graph && flags == 0);
  *graph = registerGraph(std::make_unique<ihipGraph>());
  (*graph)->device = currentGpu().ordinal;
})
PA_HIP(hipGraphDestroy, (hipGraph_t graph), {
  graphOf(graph);
  discardGraph(graph);
})
PA_HIP(hipGraphClone, (hipGraph_t * clone, hipGraph_t graph), {
  require(clone);
  *clone = registerGraph(copyOf(graphOf(graph)));
})

PA_HIP(hipGraphInstantiate, (hipGraphExec_t * instance, hipGraph_t graph, hipGraphNode_t *, char *, size_t),
       { instantiate(instance, graph); })
PA_HIP(hipGraphInstantiateWithFlags, (hipGraphExec_t * instance, hipGraph_t graph, unsigned long long flags), {
  require(flags == 0, hipErrorNotSupported, "no flag of an instantiation is implemented");
  instantiate(instance, graph);
})
PA_HIP(hipGraphExecDestroy, (hipGraphExec_t instance), {
  instanceOf(instance);
  known().instances.erase(instance);
})
PA_HIP(hipGraphLaunch, (hipGraphExec_t instance, hipStream_t stream), { launch(instance, stream); })
PA_HIP(hipGraphLaunch_spt, (hipGraphExec_t instance, hipStream_t stream), { launch(instance, threadStream(stream)); })
PA_HIP(hipGraphUpload, (hipGraphExec_t instance, hipStream_t stream), {
  instanceOf(instance);
  streamOf(stream);
})
PA_HIP(hipGraphExecUpdate,
       (hipGraphExec_t handle, hipGraph_t graph, hipGraphNode_t *errorNode, hipGraphExecUpdateResult *result), {
         hipGraphExec &instance = instanceOf(handle);
         auto fresh = copyOf(graphOf(graph));
         hipGraphExecUpdateResult outcome = compare(*instance.graph, *fresh);
         if (errorNode)
           *errorNode = nullptr;
         if (result)
           *result = outcome;
         require(outcome == hipGraphExecUpdateSuccess, hipErrorGraphExecUpdateFailure);
         instance.graph = std::move(fresh);
       })

PA_HIP(hipGraphAddKernelNode,
       (hipGraphNode_t * node, hipGraph_t graph, const hipGraphNode_t *after, size_t count,
        const hipKernelNodeParams *p),
       {
         require(p);
         addNode(node, graph, after, count, nodeWork(*p));
       })
PA_HIP(hipGraphAddMemcpyNode1D,
       (hipGraphNode_t * node, hipGraph_t graph, const hipGraphNode_t *after, size_t count, void *target,
        const void *source, size_t bytes, hipMemcpyKind),
       { addNode(node, graph, after, count, CopyWork{target, source, bytes}); })
PA_HIP(hipGraphAddMemsetNode,
       (hipGraphNode_t * node, hipGraph_t graph, const hipGraphNode_t *after, size_t count, const hipMemsetParams *p), {
         require(p);
         addNode(node, graph, after, count, fillWork(*p));
       })
PA_HIP(hipGraphAddHostNode,
       (hipGraphNode_t * node, hipGraph_t graph, const hipGraphNode_t *after, size_t count, const hipHostNodeParams *p),
       {
         require(p && p->fn);
         addNode(node, graph, after, count, HostWork{p->fn, p->userData});
       })
PA_HIP(hipGraphAddEmptyNode, (hipGraphNode_t * node, hipGraph_t graph, const hipGraphNode_t *after, size_t count),
       { addNode(node, graph, after, count, NoWork{}); })
PA_HIP(hipGraphAddEventRecordNode,
       (hipGraphNode_t * node, hipGraph_t graph, const hipGraphNode_t *after, size_t count, hipEvent_t event), {
         eventOf(event);
         addNode(node, graph, after, count, EventWork{event});
       })
PA_HIP(hipGraphAddDependencies, (hipGraph_t handle, const hipGraphNode_t *from, const hipGraphNode_t *to, size_t count),
       {
         ihipGraph &graph = graphOf(handle);
         for (size_t n = 0; n < count; ++n) {
           require(graphHolding(from[n]) == &graph && graphHolding(to[n]) == &graph && from[n] != to[n]);
           to[n]->after.push_back(from[n]);
         }
       })
PA_HIP(hipGraphDestroyNode, (hipGraphNode_t handle), {
  nodeOf(handle);
  ihipGraph *graph = graphHolding(handle);
  for (auto &node : graph->nodes)
    node->after.erase(std::remove(node->after.begin(), node->after.end(), handle), node->after.end());
  graph->nodes.erase(
      std::find_if(graph->nodes.begin(), graph->nodes.end(), [&](const auto &node) { return node.get() == handle; }));
})

PA_HIP(hipGraphGetNodes, (hipGraph_t graph, hipGraphNode_t *nodes, size_t *count),
       { give(sorted(graphOf(graph)), nodes, count); })
PA_HIP(hipGraphGetRootNodes, (hipGraph_t graph, hipGraphNode_t *nodes, size_t *count), {
  std::vector<hipGraphNode *> roots;
  for (hipGraphNode *node : sorted(graphOf(graph)))
    if (node->after.empty())
      roots.push_back(node);
  give(roots, nodes, count);
})
PA_HIP(hipGraphNodeGetDependencies, (hipGraphNode_t node, hipGraphNode_t *nodes, size_t *count),
       { give(nodeOf(node).after, nodes, count); })
PA_HIP(hipGraphNodeGetType, (hipGraphNode_t node, hipGraphNodeType *type), {
  require(type);
  *type = typeOf(nodeOf(node).work);
})

PA_HIP(hipGraphKernelNodeSetParams, (hipGraphNode_t node, const hipKernelNodeParams *p), {
  require(p);
  workOf<KernelWork>(nodeOf(node)) = nodeWork(*p);
})
PA_HIP(hipGraphExecKernelNodeSetParams, (hipGraphExec_t instance, hipGraphNode_t node, const hipKernelNodeParams *p), {
  require(p);
  workOf<KernelWork>(nodeOfInstance(instanceOf(instance), node)) = nodeWork(*p);
})
PA_HIP(hipGraphMemcpyNodeSetParams1D,
       (hipGraphNode_t node, void *target, const void *source, size_t bytes, hipMemcpyKind),
       { workOf<CopyWork>(nodeOf(node)) = CopyWork{target, source, bytes}; })
PA_HIP(hipGraphExecMemcpyNodeSetParams1D,
       (hipGraphExec_t instance, hipGraphNode_t node, void *target, const void *source, size_t bytes, hipMemcpyKind),
       { workOf<CopyWork>(nodeOfInstance(instanceOf(instance), node)) = CopyWork{target, source, bytes}; })
PA_HIP(hipGraphMemsetNodeSetParams, (hipGraphNode_t node, const hipMemsetParams *p), {
  require(p);
  workOf<FillWork>(nodeOf(node)) = fillWork(*p);
})
PA_HIP(hipGraphExecMemsetNodeSetParams, (hipGraphExec_t instance, hipGraphNode_t node, const hipMemsetParams *p), {
  require(p);
  workOf<FillWork>(nodeOfInstance(instanceOf(instance), node)) = fillWork(*p);
})
