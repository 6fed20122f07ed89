/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clang.cpp - the one file that knows LLVM, and its differences from version
 * to version (14 to 22).
 *
 * Clang is driven as its own driver would drive it, with -cc1 arguments, but
 * in this process and over an in-memory file system. A fatal error inside
 * LLVM is caught by its CrashRecoveryContext: the caller loses one
 * compilation, not the process with its armed rules.
 */
#include "clang.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Basic/FileManager.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/FrontendOptions.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/LazyValueInfo.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/MemoryDependenceAnalysis.h>
#include <llvm/Analysis/MemorySSA.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/PhiValues.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/Analysis/ScopedNoAliasAA.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/PassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Target/TargetOptions.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/StripSymbols.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#if LLVM_VERSION_MAJOR >= 20
#include <llvm/Analysis/LastRunTrackingAnalysis.h>
#endif

extern "C" {
void LLVMInitializeBPFTarget(void);
void LLVMInitializeBPFTargetInfo(void);
void LLVMInitializeBPFTargetMC(void);
void LLVMInitializeBPFAsmPrinter(void);
}

namespace
{

using Bytes = llvm::SmallVector<char, 0>;
using FileSystem = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

/* Where the in-memory files are; never looked up on disk. */
const char directory[] = "/faultline";

void initialize()
{
	static bool done;

	if (done)
		return;
	done = true;
	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
}

std::string path(const char *name)
{
	return std::string(directory) + "/" + name;
}

FileSystem make_files(const char *name, llvm::StringRef text, const fl_clang_opts *opts)
{
	auto *files = new llvm::vfs::InMemoryFileSystem;

	files->addFile(path(name), 0, llvm::MemoryBuffer::getMemBuffer(text, name));
	for (size_t i = 0; i < opts->nheaders; i++) {
		const fl_clang_file &h = opts->headers[i];

		files->addFile(
			path(h.name), 0,
			llvm::MemoryBuffer::getMemBuffer(llvm::StringRef(h.text, h.len), h.name));
	}
	return FileSystem(files);
}

/*
 * 32-bit arithmetic, and atomics that give the old value; every kernel with a
 * ring buffer runs it.
 */
const char cpu[] = "v3";

/* Debug information is what BTF is made from. */
std::vector<std::string> arguments(const char *name, const fl_clang_opts *opts)
{
	return {
		"-triple",
		"bpf",
		"-target-cpu",
		cpu,
		"-mrelocation-model",
		"static",
		"-O2",
		"-debug-info-kind=constructor",
		"-dwarf-version=5",
		"-gembed-source",
		"-std=gnu11",
		"-ffreestanding",
		"-fwrapv",
		"-fno-builtin",
		"-nostdsysteminc",
		"-nobuiltininc",
		"-Wall",
		"-Wno-unused-function",
		"-Wno-unused-variable",
		"-Wno-unused-but-set-variable",
		"-fgnuc-version=4.2.1",
		"-fbracket-depth",
		"2048",
		"-fdebug-compilation-dir=/faultline",
		"-main-file-name",
		name,
		std::string("-D__TARGET_ARCH_") + opts->arch,
		"-x",
		"c",
		path(name),
	};
}

#if LLVM_VERSION_MAJOR >= 21
#define FL_DIAG_OPTIONS(name) clang::DiagnosticOptions name
#define FL_DIAG_ARG(name) name
#else
#define FL_DIAG_OPTIONS(name) \
	llvm::IntrusiveRefCntPtr<clang::DiagnosticOptions> name(new clang::DiagnosticOptions)
#define FL_DIAG_ARG(name) &*name
#endif

std::unique_ptr<clang::CompilerInstance> make_compiler(
	std::shared_ptr<clang::CompilerInvocation> inv, FileSystem files,
	clang::DiagnosticConsumer *consumer)
{
#if LLVM_VERSION_MAJOR >= 21
	auto compiler = std::make_unique<clang::CompilerInstance>(std::move(inv));
#else
	auto compiler = std::make_unique<clang::CompilerInstance>();

	compiler->setInvocation(std::move(inv));
#endif
#if LLVM_VERSION_MAJOR >= 22
	compiler->setVirtualFileSystem(files);
	compiler->createDiagnostics(consumer, false);
	compiler->createFileManager();
#elif LLVM_VERSION_MAJOR >= 20
	compiler->createDiagnostics(*files, consumer, false);
	compiler->createFileManager(std::move(files));
#else
	compiler->createDiagnostics(consumer, false);
	compiler->createFileManager(std::move(files));
#endif
	return compiler;
}

std::unique_ptr<llvm::TargetMachine> make_machine(llvm::raw_ostream &log)
{
	std::string error;
#if LLVM_VERSION_MAJOR >= 21
	const llvm::Triple triple("bpf");
#else
	const std::string triple("bpf");
#endif
	const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);

	if (!target) {
		log << error << "\n";
		return nullptr;
	}
	return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
		triple, cpu, "", llvm::TargetOptions(), llvm::Reloc::Static));
}

llvm::AAManager aliases()
{
	llvm::AAManager manager;

	manager.registerFunctionAnalysis<llvm::BasicAA>();
	manager.registerFunctionAnalysis<llvm::ScopedNoAliasAA>();
	manager.registerFunctionAnalysis<llvm::TypeBasedAA>();
	return manager;
}

/* What the passes below ask for; one that is missing is a NULL pointer to them. */
struct Analyses {
	llvm::FunctionAnalysisManager functions;
	llvm::ModuleAnalysisManager modules;

	explicit Analyses(llvm::TargetMachine &machine)
	{
		modules.registerPass([] { return llvm::PassInstrumentationAnalysis(); });
		modules.registerPass([] { return llvm::ProfileSummaryAnalysis(); });
		modules.registerPass(
			[&] { return llvm::FunctionAnalysisManagerModuleProxy(functions); });
		functions.registerPass([] { return llvm::PassInstrumentationAnalysis(); });
		functions.registerPass(
			[&] { return llvm::ModuleAnalysisManagerFunctionProxy(modules); });
		functions.registerPass([] { return aliases(); });
		functions.registerPass([] { return llvm::BasicAA(); });
		functions.registerPass([] { return llvm::ScopedNoAliasAA(); });
		functions.registerPass([] { return llvm::TypeBasedAA(); });
		functions.registerPass([] { return llvm::AssumptionAnalysis(); });
		functions.registerPass([] { return llvm::BlockFrequencyAnalysis(); });
		functions.registerPass([] { return llvm::BranchProbabilityAnalysis(); });
		functions.registerPass([] { return llvm::DominatorTreeAnalysis(); });
		functions.registerPass([] { return llvm::LazyValueAnalysis(); });
		functions.registerPass([] { return llvm::LoopAnalysis(); });
		functions.registerPass([] { return llvm::MemoryDependenceAnalysis(); });
		functions.registerPass([] { return llvm::MemorySSAAnalysis(); });
		functions.registerPass([] { return llvm::OptimizationRemarkEmitterAnalysis(); });
		functions.registerPass([] { return llvm::PhiValuesAnalysis(); });
		functions.registerPass([] { return llvm::PostDominatorTreeAnalysis(); });
		functions.registerPass([] { return llvm::TargetLibraryAnalysis(); });
		functions.registerPass([&] { return machine.getTargetIRAnalysis(); });
#if LLVM_VERSION_MAJOR >= 20
		functions.registerPass([] { return llvm::LastRunTrackingAnalysis(); });
#endif
	}
};

#if LLVM_VERSION_MAJOR >= 16
#define FL_SROA llvm::SROAPass(llvm::SROAOptions::ModifyCFG)
#else
#define FL_SROA llvm::SROAPass()
#endif

/*
 * The passes that help these small programs. Full -O2 takes a third more time
 * for nearly the same instructions. Jump threading is for verifiers that forget
 * a NULL check once the pointer is copied: 6.1, for ring buffer memory. What is
 * inlined has its locals in registers already, which saves a fifth.
 *
 * A PassBuilder would know all of this by name, and link every pass that LLVM has.
 */
void optimize(llvm::Module &module, llvm::TargetMachine &machine)
{
	Analyses analyses(machine);
	llvm::FunctionPassManager before, after;
	llvm::ModulePassManager passes;

	before.addPass(FL_SROA);
	after.addPass(FL_SROA);
	after.addPass(llvm::EarlyCSEPass());
	after.addPass(llvm::SimplifyCFGPass());
	after.addPass(llvm::InstCombinePass());
	after.addPass(llvm::SimplifyCFGPass());
	after.addPass(llvm::GVNPass());
	after.addPass(llvm::JumpThreadingPass());
	after.addPass(llvm::EarlyCSEPass());
	after.addPass(llvm::DSEPass());
	after.addPass(llvm::ADCEPass());
	after.addPass(llvm::SimplifyCFGPass());
	passes.addPass(llvm::StripDebugDeclarePass());
	passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(before)));
	passes.addPass(llvm::AlwaysInlinerPass());
	passes.addPass(llvm::GlobalDCEPass());
	passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(after)));
	passes.run(module, analyses.modules);
}

bool optimize_and_emit(llvm::Module &module, Bytes &elf, llvm::raw_ostream &log)
{
#if LLVM_VERSION_MAJOR >= 18
	const auto object_file = llvm::CodeGenFileType::ObjectFile;
#else
	const auto object_file = llvm::CGFT_ObjectFile;
#endif
	std::unique_ptr<llvm::TargetMachine> machine = make_machine(log);
	llvm::legacy::PassManager back_end;
	llvm::raw_svector_ostream out(elf);

	if (!machine)
		return false;
	optimize(module, *machine);
	if (machine->addPassesToEmitFile(back_end, out, nullptr, object_file)) {
		log << "this LLVM cannot write BPF object files\n";
		return false;
	}
	back_end.run(module);
	return !elf.empty();
}

/*
 * C to LLVM's form of it. Clang's own action for that can do all that comes after as
 * well, and would link what it takes.
 */
class ToModule : public clang::ASTFrontendAction
{
	llvm::LLVMContext &context;
	clang::CodeGenerator *generator = nullptr;

      public:
	std::unique_ptr<llvm::Module> module;

	explicit ToModule(llvm::LLVMContext &c) : context(c)
	{
	}

      protected:
	std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &compiler,
							      llvm::StringRef file) override
	{
#if LLVM_VERSION_MAJOR >= 22
		auto made = clang::CreateLLVMCodeGen(compiler, file, context);
#else
		std::unique_ptr<clang::CodeGenerator> made(clang::CreateLLVMCodeGen(
			compiler.getDiagnostics(), file,
#if LLVM_VERSION_MAJOR >= 16
			&compiler.getVirtualFileSystem(),
#endif
			compiler.getHeaderSearchOpts(), compiler.getPreprocessorOpts(),
			compiler.getCodeGenOpts(), context));
#endif
		generator = made.get();
		return made;
	}

	/* The generator goes after this. */
	void EndSourceFileAction() override
	{
		if (!getCompilerInstance().getDiagnostics().hasErrorOccurred())
			module = std::unique_ptr<llvm::Module>(generator->ReleaseModule());
	}
};

bool compile(const char *name, llvm::StringRef text, const fl_clang_opts *opts, Bytes &elf,
	     llvm::raw_ostream &log)
{
	std::vector<std::string> args = arguments(name, opts);
	std::vector<const char *> argv;
	FileSystem files = make_files(name, text, opts);
	auto inv = std::make_shared<clang::CompilerInvocation>();

	initialize();
	argv.reserve(args.size());
	for (const std::string &a : args)
		argv.push_back(a.c_str());

	FL_DIAG_OPTIONS(diag_options);
	clang::TextDiagnosticPrinter printer(log, FL_DIAG_ARG(diag_options));
	clang::DiagnosticsEngine engine(
		llvm::IntrusiveRefCntPtr<clang::DiagnosticIDs>(new clang::DiagnosticIDs),
		FL_DIAG_ARG(diag_options), &printer, false);

	if (!clang::CompilerInvocation::CreateFromArgs(*inv, argv, engine))
		return false;
	/* A long-lived process wants its memory back. */
	inv->getFrontendOpts().DisableFree = false;
	inv->getCodeGenOpts().DisableFree = false;

	auto compiler = make_compiler(std::move(inv), files, &printer);
	llvm::LLVMContext context;
	ToModule action(context);

	/* "1 error generated." is not for our standard error */
	compiler->setVerboseOutputStream(log);

	if (!compiler->ExecuteAction(action))
		return false;

	return action.module && optimize_and_emit(*action.module, elf, log);
}

/* LLVM calls this for fatal errors. */
void on_fatal(void *log, const char *reason, bool)
{
	*static_cast<llvm::raw_ostream *>(log) << "fatal error in LLVM: " << reason << "\n";
	/* Leaves compile() for the CrashRecoveryContext around it. */
	if (auto *context = llvm::CrashRecoveryContext::GetCurrent())
		context->HandleExit(1);
	abort();
}

char *copy(llvm::StringRef bytes, bool terminated)
{
	char *p = static_cast<char *>(malloc(bytes.size() + 1));

	if (!p)
		return nullptr;
	memcpy(p, bytes.data(), bytes.size());
	if (terminated)
		p[bytes.size()] = '\0';
	return p;
}

} // namespace

int fl_clang_compile(const char *name, const char *text, size_t len, const fl_clang_opts *opts,
		     fl_clang_result *out)
{
	std::string said;
	llvm::raw_string_ostream log(said);
	Bytes elf;
	bool good = false, survived;

	memset(out, 0, sizeof(*out));
	llvm::CrashRecoveryContext::Enable();
	llvm::install_fatal_error_handler(on_fatal, &log);
	{
		llvm::CrashRecoveryContext recovery;

		survived = recovery.RunSafely(
			[&] { good = compile(name, llvm::StringRef(text, len), opts, elf, log); });
	}
	llvm::remove_fatal_error_handler();
	/* Restores the process's own signal handlers. */
	llvm::CrashRecoveryContext::Disable();

	log.flush();
	if (!said.empty())
		out->log = copy(said, true);
	if (!survived)
		return -EFAULT;
	if (!good)
		return -EINVAL;
	out->elf = copy(llvm::StringRef(elf.data(), elf.size()), false);
	out->elf_len = elf.size();
	return out->elf ? 0 : -ENOMEM;
}

void fl_clang_result_release(fl_clang_result *out)
{
	free(out->elf);
	free(out->log);
	memset(out, 0, sizeof(*out));
}

const char *fl_clang_version(void)
{
	return "LLVM " LLVM_VERSION_STRING;
}
