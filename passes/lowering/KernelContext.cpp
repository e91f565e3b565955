#include "passes/lowering/KernelContext.h"

using namespace mlir;
using namespace mlir::pa;

Value Emitter::i32(int64_t value) const {
  return arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(static_cast<int32_t>(value)));
}
Value Emitter::i64(int64_t value) const {
  return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(value));
}
Value Emitter::f32(double value) const {
  return arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(static_cast<float>(value)));
}
Value Emitter::add(Value a, Value b) const { return arith::AddIOp::create(builder, loc, a, b); }
Value Emitter::add(Value a, int64_t b) const { return b == 0 ? a : add(a, i32(b)); }
Value Emitter::sub(Value a, Value b) const { return arith::SubIOp::create(builder, loc, a, b); }
Value Emitter::mul(Value a, Value b) const { return arith::MulIOp::create(builder, loc, a, b); }
Value Emitter::mul(Value a, int64_t b) const { return b == 1 ? a : mul(a, i32(b)); }
Value Emitter::udiv(Value a, Value b) const { return arith::DivUIOp::create(builder, loc, a, b); }
Value Emitter::udiv(Value a, int64_t b) const { return b == 1 ? a : arith::DivUIOp::create(builder, loc, a, i32(b)); }
Value Emitter::urem(Value a, int64_t b) const {
  return b == 1 ? i32(0) : arith::RemUIOp::create(builder, loc, a, i32(b)).getResult();
}
Value Emitter::minS(Value a, Value b) const { return arith::MinSIOp::create(builder, loc, a, b); }
Value Emitter::maxS(Value a, Value b) const { return arith::MaxSIOp::create(builder, loc, a, b); }
Value Emitter::less(Value a, Value b) const {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, a, b);
}
Value Emitter::equal(Value a, int64_t b) const {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, i32(b));
}
Value Emitter::select(Value condition, Value a, Value b) const {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}
Value Emitter::zext(Value value) const { return arith::ExtUIOp::create(builder, loc, builder.getI64Type(), value); }
Value Emitter::sext(Value value) const { return arith::ExtSIOp::create(builder, loc, builder.getI64Type(), value); }
Value Emitter::bitcast(Value value, Type type) const {
  return value.getType() == type ? value : LLVM::BitcastOp::create(builder, loc, type, value).getResult();
}
Value Emitter::extract(Value vector, int64_t index) const {
  if (!isa<VectorType>(vector.getType()))
    return vector;
  return vector::ExtractOp::create(builder, loc, vector, index);
}
Value Emitter::fromElements(ValueRange elements) const {
  if (elements.size() == 1)
    return elements.front();
  auto type = VectorType::get(static_cast<int64_t>(elements.size()), elements.front().getType());
  return vector::FromElementsOp::create(builder, loc, type, elements);
}
Value Emitter::offset(Value pointer, Value bytes) const {
  return LLVM::GEPOp::create(builder, loc, pointer.getType(), builder.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{bytes});
}
Value Emitter::offset(Value pointer, int64_t bytes) const {
  if (bytes == 0)
    return pointer;
  return LLVM::GEPOp::create(builder, loc, pointer.getType(), builder.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
}
Value Emitter::load(Type type, Value pointer, unsigned alignment, bool nontemporal) const {
  return LLVM::LoadOp::create(builder, loc, type, pointer, alignment, /*isVolatile=*/false, nontemporal);
}
void Emitter::store(Value value, Value pointer, unsigned alignment) const {
  LLVM::StoreOp::create(builder, loc, value, pointer, alignment);
}
Value Emitter::exp2(Value value) const { return ROCDL::ROCDLExp2::create(builder, loc, builder.getF32Type(), value); }

SmallVector<Value> Emitter::words(Value vector) const {
  Type type = vector.getType();
  auto shaped = dyn_cast<VectorType>(type);
  int64_t bits = shaped ? shaped.getNumElements() * shaped.getElementTypeBitWidth() : type.getIntOrFloatBitWidth();
  if (bits == 32)
    return {bitcast(vector, builder.getI32Type())};
  Value asWords = bitcast(vector, VectorType::get(bits / 32, builder.getI32Type()));
  SmallVector<Value> result;
  for (int64_t i = 0; i < bits / 32; ++i)
    result.push_back(extract(asWords, i));
  return result;
}
Value Emitter::fromWords(ArrayRef<Value> words, Type vectorType) const {
  return bitcast(fromElements(words), vectorType);
}
/// Of the first operand, by an assembly text without an instruction.
static Value behindAsm(const Emitter &emit, ValueRange operands, StringRef constraints) {
  return LLVM::InlineAsmOp::create(emit.builder, emit.loc, operands[0].getType(), operands, /*asm_string=*/"",
                                   constraints, /*has_side_effects=*/true, /*is_align_stack=*/false,
                                   LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr())
      .getResult(0);
}
Value Emitter::opaque(Value value, bool uniform) const { return behindAsm(*this, value, uniform ? "=s,0" : "=v,0"); }
Value Emitter::after(Value value, Value earlier) const { return behindAsm(*this, {value, earlier}, "=v,0,v"); }
KernelContext KernelContext::outsideTiles(const Emitter &emit) const {
  KernelContext result = *this;
  result.argBlock = emit.opaque(argBlock, /*uniform=*/true);
  result.wave = emit.opaque(wave, /*uniform=*/true);
  result.workgroup = emit.opaque(workgroup, /*uniform=*/true);
  result.lane = emit.countLane();
  result.thread = emit.add(emit.mul(result.wave, 64), result.lane);
  return result;
}
Value Emitter::countLane() const {
  Value all = opaque(i32(-1), /*uniform=*/true);
  Type type = builder.getI32Type();
  Value low = ROCDL::MbcntLoOp::create(builder, loc, type, all, i32(0), ArrayAttr(), ArrayAttr());
  return ROCDL::MbcntHiOp::create(builder, loc, type, all, low, ArrayAttr(), ArrayAttr());
}
Value Emitter::partner(Value value, Value lane, int64_t distance) const {
  Value other = arith::XOrIOp::create(builder, loc, lane, i32(distance));
  Value bits = bitcast(value, builder.getI32Type());
  return bitcast(ROCDL::DsBpermuteOp::create(builder, loc, bits.getType(), mul(other, 4), bits), value.getType());
}
Value Emitter::broadcast(Value value, int64_t source) const {
  SmallVector<Value> copies;
  for (Value word : words(value))
    copies.push_back(
        ROCDL::DPPUpdateOp::create(builder, loc, word.getType(), word, word, 0x150 + source, 0xf, 0xf, true));
  return fromWords(copies, value.getType());
}
Value Emitter::uniform(Value value) const {
  return ROCDL::ReadfirstlaneOp::create(builder, loc, value.getType(), value);
}
void Emitter::fence(LLVM::AtomicOrdering ordering, StringRef scope) const {
  LLVM::FenceOp::create(builder, loc, ordering, scope);
}
void Emitter::barrier() const {
  fence(LLVM::AtomicOrdering::release, "workgroup");
  ROCDL::SBarrierOp::create(builder, loc);
  fence(LLVM::AtomicOrdering::acquire, "workgroup");
}

Type mlir::pa::argType(MLIRContext *context, ArgKind kind) {
  switch (kind) {
  case ArgKind::Pointer:
    return LLVM::LLVMPointerType::get(context, 1);
  case ArgKind::ConstantPointer: // what nobody writes while the kernel runs: scalar loads
    return LLVM::LLVMPointerType::get(context, 4);
  case ArgKind::I64:
    return IntegerType::get(context, 64);
  case ArgKind::I32:
    return IntegerType::get(context, 32);
  case ArgKind::F32:
    return Float32Type::get(context);
  }
  return {};
}

Value mlir::pa::loadArg(const Emitter &emit, const KernelContext &kernel, const ArgField &field) {
  Type type = argType(emit.builder.getContext(), field.kind);
  unsigned alignment = field.kind == ArgKind::I32 || field.kind == ArgKind::F32 ? 4 : 8;
  return emit.load(type, emit.offset(kernel.argBlock, field.offset), alignment);
}

Value mlir::pa::ldsPointer(const Emitter &emit, const KernelContext &kernel, Value bytes) {
  auto type = LLVM::LLVMPointerType::get(emit.builder.getContext(), 3);
  Value base = LLVM::AddressOfOp::create(emit.builder, emit.loc, type, kernel.ldsName);
  return emit.offset(base, bytes);
}

Value mlir::pa::waveLds(const Emitter &emit, const KernelContext &kernel) {
  return ldsPointer(emit, kernel, emit.mul(kernel.wave, kernel.lds.perWave()));
}

int64_t mlir::pa::fragmentBytes(TileType tile) { return 64 * tile.registerBytes() * tile.getLayout().numRegisters(); }

Type mlir::pa::registerType(TileType tile) {
  int64_t elements = tile.getLayout().numElements();
  Type element = tile.getElementType();
  if (element.getIntOrFloatBitWidth() == 8) // words: LLVM has no FP8, and splits vectors of bytes where blocks meet
    return VectorType::get(elements / 4, IntegerType::get(tile.getContext(), 32));
  return elements == 1 ? element : Type(VectorType::get(elements, element));
}

ItemValues ItemValues::from(ValueRange v) {
  return {v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11]};
}

CacheValues CacheValues::from(ValueRange values, KvKind kind) {
  ValueRange own = values.slice(kind == KvKind::Key ? 0 : 4, 4);
  return {own[0], own[1], own[2], own[3]};
}

int64_t mlir::pa::slotBytes(TypeRange mergeTiles) {
  int64_t bytes = 0;
  for (size_t i = 0; i < mergeTiles.size(); i += 3) {
    auto values = cast<TileType>(mergeTiles[i]);
    bytes += values.getRows() * values.getCols() * 4 + 2 * 64 * 4;
  }
  return bytes;
}
