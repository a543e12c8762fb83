"""Texts of the grammar, meant well or damaged at random."""

import random
import re


def words(text):
    """The words of a text, a list that is shorter to write."""
    return text.split()


NUMBERS = [*words("0 1e9 1e308 1e400 -1 0x10 1_000 007 1j 1e-320 True inf nan"), "9" * 30]
STRANGE = [
    *words("__import__('os') lambda:0 lambda x:x f'{1}' (x:=3) x.y ().__class__ {1,2} *a **k ..."),
    *words("None True 'a' b'b' not~1 1if 1else 1<2 1@2 1**9**9 1%2 a[0] await print exec eval ="),
    *words(
        "open('f') __builtins__ globals() hold.__globals__ cosine(10).__class__ [i for i in[1]]"
    ),
    *words('\'lr1:\' "lr1:3:00000000:AAAA" # ; \\ import hold()() hold(1)(2) == epoch """ \'\\d\''),
    *("\n", "\t", "\0", "\r", "\f", "\x0b", "\u2028", "\ufeff", "\u202e", "\ud800"),
    *("é", "\u03a9", "\ufb01", "\u00b2", "\U0001d421old(3)", "\u0663", "[i for i in 'ab']"),
]
PIECES = words(
    "hold(#) hold(value=#) linear(#,stop=#) warmup(#) cosine(#,start=#) polynomial(#,power=#) "
    "one_minus_sqrt(#) geometric(#,stop=#) exponential(rate=#,every=#) inverse_time(rate=#) "
    "inverse_sqrt(#) points({0:#,10:#,20.5:#}) points({3:#,7:#},curve='hold') table([#,#,0]) "
    "table([[5,#],#]) repeat(@,3) repeat(@,times=2,stretch=2) repeat(@,height=#) then(@,@) "
    "jump(@,@) exponential_decay(#,#,every=#) step_decay(#,0.5,#,min_lr=#) cosine_decay(#,#,0) "
    "cosine(#,power=#,k=#) rex(#) tanh(#,lower=-3) hyperbolic(#,bound=#) "
    "exponential_ramp(#,rate=#) noise(std=#,seed=3) repeat(@,stretch=#,rounded=False) "
    "wsd(#,warmup=#,cooldown=#) one_cycle(#) "
    "cosine_restarts(#,stretch=2,stop=#) multi_step([#,#]) chebyshev(8,low=#) with_warmup(@,#) "
    "noisy(@,std=#) like.torch.StepLR(step_size=#,base_lr=#) "
    "like.torch.OneCycleLR(#,total_steps=#) like.keras.CosineDecayRestarts(#,#,t_mul=#) "
    "like.optax.join_schedules([@,@],[#]) "
    "like.timm.CosineLRScheduler(#,warmup_t=#) like.torch.MultiStepLR(milestones=[#,#]) "
    "like.optax.piecewise_constant_schedule(#,{#:#})"
)
METHODS = words(
    ".over(1000) .over(#) .stretch(#) .take(#) .skip(#) .at_least(#) .at_most(#) .staircase(#) "
    ".staircase(#/3) .plus(#)"
)
DAMAGES = words("delete insert token swap double strange nest")
PLAIN = words("1 2 3 5 10 20 100 0.5 2.5 0.1 1e-3 epoch 10*epoch (epoch-5) 7//2")


class Writer:
    """Texts of the grammar, mostly meant well."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def filled(self, template):
        """The template with a number for each #, and a bounded piece for each @."""
        number = self.pick(NUMBERS if self.random.random() < 0.03 else PLAIN)
        parts = re.split("([#@])", template)
        fill = {"#": lambda: self.pick(PLAIN), "@": lambda: f"cosine({self.pick(PLAIN)})"}
        text = "".join(fill[part]() if part in fill else part for part in parts)
        return text if number in PLAIN else text.replace(self.pick(PLAIN), number, 1)

    def schedule(self, depth=2):
        if depth == 0 or self.random.random() < 0.3:
            return self.filled(self.pick(PIECES))
        a = self.schedule(depth - 1)
        match self.pick(("join", "join", "scale", "method", "product", "brackets")):
            case "join":
                seam = "|" if self.random.random() < 0.9 else ">>"
                return f"{self.filled('cosine(#)')} {seam} {a}"
            case "scale":
                return self.filled(f"# * ({a})")
            case "method":
                return self.filled(f"({a}){self.pick(METHODS)}")
            case "product":
                return f"({a}) * {self.filled(self.pick(PIECES))}"
        return f"({a})"

    def damaged(self, text):
        """One to four edits of characters, tokens or brackets."""
        for _ in range(self.pick((1, 1, 2, 4))):
            i, j = sorted(self.random.randint(0, len(text)) for _ in range(2))
            match self.pick(DAMAGES):
                case "delete":
                    text = text[:i] + text[min(j, i + 3) :]
                case "insert":
                    text = text[:i] + self.pick("()[]{}.,:*>|=-+'\"# e1") + text[i:]
                case "token":
                    tokens = re.findall(r"\w+|\W", text) or [""]
                    tokens[self.random.randrange(len(tokens))] = self.pick(tokens)
                    text = "".join(tokens)
                case "swap":
                    text = text[:i] + text[j:] + text[i:j]
                case "double":
                    text = (text[:j] + text[i:])[:2_000]
                case "strange":
                    text = text[:i] + self.pick(STRANGE) + text[i:]
                case "nest":
                    n = self.pick((2, 5, 120))
                    text = self.pick(("(", "-", "[", "hold(")) * n + text + ")" * n
        return text


def texts(seed, n):
    writer = Writer(seed)
    for i in range(n):
        text = writer.schedule()
        yield text if i % 4 == 0 else writer.damaged(text)
