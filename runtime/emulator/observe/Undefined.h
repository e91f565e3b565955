// Undefined values: the parts of the check, each in its own file.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_UNDEFINED_H
#define PA_RUNTIME_EMULATOR_OBSERVE_UNDEFINED_H

#include "runtime/emulator/core/Machine.h"
#include "runtime/emulator/observe/RegisterShadow.h"
#include "runtime/emulator/observe/Rules.h"

namespace pa::emu {

// What an instruction does to the shadow of its wave's registers.
class ShadowStep {
public:
  ShadowStep(Wave &wave, const Inst &inst, const Plan &plan, RegisterShadow &shadow)
      : wave(wave), inst(inst), plan(plan), shadow(shadow) {}

  Wave &wave;
  const Inst &inst;
  const Plan &plan;
  RegisterShadow &shadow;

  // All but memory. Findings stop the wave.
  void run();

  // Of a source with its modifiers applied: DPP, SDWA.
  UndefinedLanes source(unsigned n, unsigned dword = 0) const;
  uint64_t undefinedScalar(const Operand &o) const;
  // A use that decides something: false, and a finding, if the value is undefined.
  bool use(const Operand &o, uint64_t lanes, const char *what) const;
  bool useScalar(unsigned reg, uint64_t bits, const char *what) const;
  void report(const std::string &name, int lane, const char *what) const;

private:
  void vectorStep();
  void scalarStep();

  void lanewise();
  void bytewise();
  void andOr();
  void upward();
  void select();
  void shift();
  void field();
  void bytePermute();
  void halves();
  void packed();
  void packedDwords();
  void compare();
  void crossLanes();
  void matrix();
  void scalar();
  void scalarUpward();
  void scalarShift();
  void scalarBits();
  void scalarSelect();
  void saveExec();

  uint64_t lanesUndefined() const; // of any source
  unsigned bytesOf(unsigned n) const;
  uint64_t writtenLanes() const;
  void putResult(const UndefinedLanes &value, unsigned dword = 0);
  void putMask(const Operand &o, uint64_t lanes);
  void putSgpr(const Operand &o, uint64_t bits);
  bool known(const Operand &o, uint64_t &value) const; // a defined scalar or constant
  uint64_t valueOf(const Operand &o) const;
  uint32_t laneValue(unsigned n, unsigned lane) const;
  void checkExec(uint64_t bits);
};

} // namespace pa::emu

#endif
