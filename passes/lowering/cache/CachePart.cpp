#include "passes/lowering/cache/CachePart.h"

using namespace mlir;
using namespace mlir::pa;

VectorType mlir::pa::pieceType(Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  return VectorType::get(128 / bits, IntegerType::get(element.getContext(), bits));
}

CachePart::CachePart(const CacheKernel &kernel, const CacheFields &fields, KvCacheType cache, KvKind kind)
    : kernel(kernel), fields(fields), scales(cache.getScales()), index(static_cast<size_t>(kind)), places(cache, kind),
      type(pieceType(cache.getElementType())) {}

Value CachePart::pointer(const Slot &slot, Value dim) const {
  Emitter emit = kernel.emit();
  Value page = emit.offset(kernel.load(fields.data[index]), emit.mul(slot.page, kernel.load(fields.pageStride[index])));
  Value head = emit.offset(page, emit.mul(emit.zext(slot.head), kernel.load(fields.headStride[index])));
  return emit.offset(head, places.offset(emit, slot.token, dim, kernel.load(fields.tokenStride[index])));
}

Value CachePart::element(Value pointer, PageAxis axis, int64_t i) const {
  Emitter emit = kernel.emit();
  if (int64_t step = places.step(axis); step != CacheAddress::tokenStride)
    return emit.offset(pointer, i * step);
  return emit.offset(pointer, emit.mul(kernel.load(fields.tokenStride[index]), emit.i64(i)));
}

Value CachePart::load(Value pointer, PageAxis axis) const {
  Emitter emit = kernel.emit();
  if (places.contiguous(axis))
    return emit.load(type, pointer, 16);
  SmallVector<Value> elements;
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    elements.push_back(emit.load(type.getElementType(), element(pointer, axis, i), type.getElementTypeBitWidth() / 8));
  return emit.fromElements(elements);
}

void CachePart::store(Value piece, Value pointer, PageAxis axis) const {
  Emitter emit = kernel.emit();
  if (places.contiguous(axis))
    return emit.store(piece, pointer, 16);
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    emit.store(emit.extract(piece, i), element(pointer, axis, i), type.getElementTypeBitWidth() / 8);
}

Value CachePart::scalePointer(const Slot &slot) const {
  Emitter emit = kernel.emit();
  Value pointer = kernel.load(fields.scales[index]);
  if (scales == Scales::Tensor)
    return pointer;
  pointer = emit.offset(pointer, emit.mul(emit.zext(slot.head), kernel.load(fields.scaleHeadStride[index])));
  if (scales == Scales::Head)
    return pointer;
  pointer = emit.offset(pointer, emit.mul(slot.page, kernel.load(fields.scalePageStride[index])));
  return scales == Scales::Page ? pointer : emit.offset(pointer, emit.mul(emit.zext(slot.token), emit.i64(4)));
}
