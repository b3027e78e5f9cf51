"""The stories that the demo tells: invented customers of a help centre, in Spanish and English."""

from dataclasses import dataclass
from enum import StrEnum

from app.tickets.models import TicketKind


class Who(StrEnum):
    CUSTOMER = "customer"
    OTHER_CUSTOMER = "other_customer"
    STRANGER = "stranger"  # without an account
    AGENT = "agent"
    OTHER_AGENT = "other_agent"


@dataclass(frozen=True, slots=True)
class Says:
    """What somebody does next, so many hours ago. `article` is the slug of one that is sent."""

    who: Who
    hours_ago: float
    text: str = ""
    note: str = ""
    article: str = ""
    claims: bool = False
    solved: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket, and how it went on."""

    who: Who
    locale: str
    subject: str
    body: str
    hours_ago: float
    kind: TicketKind = TicketKind.QUESTION
    email: str = ""
    name: str = ""
    billing: bool = False
    then: tuple[Says, ...] = ()


STORIES: tuple[Story, ...] = (
    Story(
        Who.CUSTOMER,
        "es",
        "El PDF de la factura sale en blanco",
        "Buenos días:\n\nAl abrir la factura de octubre desde el panel, el PDF se ve en blanco. En "
        "el móvil sí aparece, en el ordenador de la tienda no. Ya probé con otro navegador.\n\n"
        "La necesito para la gestoría antes del viernes.",
        2,
        TicketKind.PROBLEM,
        billing=True,
    ),
    Story(
        Who.STRANGER,
        "es",
        "No me llega el correo para confirmar la cuenta",
        "Me registré ayer y no me ha llegado nada. He mirado en la carpeta de spam y tampoco está. "
        "¿Podéis mandármelo otra vez?",
        78,
        TicketKind.PROBLEM,
        email="lucia.campos@example.com",
        name="Lucía Campos",
    ),
    Story(
        Who.OTHER_CUSTOMER,
        "en",
        "The search does not find our article about returns",
        "We published “Return an order within 30 days” this morning. When I type “send back a "
        "parcel” in the search box it does not come up, although the article says exactly that.",
        1,
        TicketKind.PROBLEM,
    ),
    Story(
        Who.STRANGER,
        "en",
        "Can I add a colleague without giving her my password?",
        "There are two of us in the shop now. I would like her to see the questions that I sent "
        "without sharing my account. Is that possible?",
        5,
        email="maren@example.net",
        name="Maren Holt",
    ),
    Story(
        Who.OTHER_CUSTOMER,
        "en",
        "Two charges for the same month",
        "My card was charged on the 1st and again on the 3rd, the same amount both times. The "
        "invoice page shows only one of them. Could you refund the second one?",
        50,
        TicketKind.PROBLEM,
        billing=True,
        then=(
            Says(
                Who.AGENT,
                49,
                claims=True,
                note="The second charge is a retry that went through late. Accounts has been asked "
                "for the refund; **do not promise a date** before they confirm it.",
            ),
            Says(
                Who.AGENT,
                48,
                "Hello Oliver,\n\nthank you for telling us. The second charge was ours: a payment "
                "that was tried again although the first one had gone through. I have asked for "
                "the refund and will write as soon as I know the day.\n\nCould you tell me the "
                "last four digits of the card, so that we refund the right one?",
            ),
            Says(
                Who.OTHER_CUSTOMER,
                20,
                "It ends in 4471. I still see both on the statement this morning.",
            ),
        ),
    ),
    Story(
        Who.CUSTOMER,
        "es",
        "¿Cómo adjunto un vídeo de 40 MB?",
        "Quiero enseñaros un error que solo se ve en movimiento y el formulario no me deja subir "
        "el vídeo. Pesa 40 MB. ¿Hay otra manera?",
        75,
        then=(
            Says(
                Who.AGENT,
                73,
                "Hola, Carmen:\n\ncada archivo puede tener hasta 10 MB. Casi siempre basta con:\n\n"
                "1. recortar el vídeo a los segundos en los que se ve el error, o\n"
                "2. mandar una captura y dos frases.\n\nAquí lo explicamos paso a paso:",
                article="adjuntar-archivos",
                claims=True,
            ),
        ),
    ),
    Story(
        Who.STRANGER,
        "en",
        "I lost the link to my question",
        "I wrote to you last week without an account and deleted the e-mail. How can I read the "
        "answer? My reference was on the page but I did not write it down.",
        120,
        email="jonas.weir@example.com",
        name="Jonas Weir",
        then=(
            Says(
                Who.OTHER_AGENT,
                117,
                "Hi Jonas,\n\nevery message about a ticket carries its link, so look for the "
                "subject of your question in your mailbox, and in the spam folder:",
                article="follow-a-ticket-without-an-account",
                claims=True,
            ),
            Says(Who.STRANGER, 110, "Found it in the spam folder. Thanks!"),
            Says(Who.OTHER_AGENT, 109, article="follow-a-ticket-without-an-account", solved=True),
        ),
    ),
    Story(
        Who.STRANGER,
        "es",
        "Se me olvidó la contraseña y el enlace ya no vale",
        "Pedí una contraseña nueva ayer por la noche, y al abrir hoy el enlace dice que ha "
        "caducado. Estoy dando vueltas desde hace un rato y no consigo entrar.",
        170,
        TicketKind.PROBLEM,
        email="pablo.rey@example.org",
        name="Pablo Rey",
        then=(
            Says(
                Who.AGENT,
                166,
                "Hola, Pablo:\n\nel enlace vale una hora y una sola vez. Pide otro y ábrelo "
                "enseguida; si pediste varios, sirve solo el último.",
                article="olvide-mi-contrasena",
                claims=True,
            ),
            Says(Who.AGENT, 160, article="olvide-mi-contrasena", solved=True),
        ),
    ),
    Story(
        Who.OTHER_CUSTOMER,
        "en",
        "Dates appear one day early",
        "The page says that I will hear from you by Tuesday at 23:00, and the e-mail says "
        "Wednesday at 05:00. Which one is right?",
        200,
        then=(
            Says(
                Who.OTHER_AGENT,
                197,
                "Hello Oliver,\n\nboth: the page shows the time in the zone of your account, which "
                "is set to New York. You can change it in your profile.",
                article="language-and-time-zone",
                claims=True,
            ),
            Says(Who.OTHER_CUSTOMER, 190, solved=True),
        ),
    ),
    Story(
        Who.CUSTOMER,
        "es",
        "¿Puedo reabrir una consulta de hace dos meses?",
        "En septiembre me arreglasteis un problema con los avisos por correo y ha vuelto a pasar. "
        "¿Escribo otra vez o sigo en la antigua?",
        100,
        then=(
            Says(
                Who.AGENT,
                98,
                "Hola, Carmen:\n\nsigue en la antigua: así quien te responda tiene toda la "
                "historia delante.",
                article="reabrir-un-ticket",
                claims=True,
            ),
            Says(Who.AGENT, 97, article="reabrir-un-ticket", solved=True),
            Says(
                Who.CUSTOMER,
                3,
                "Gracias. Al pulsar **Reabrir** me dice que espere, y los avisos siguen sin llegar.",
            ),
        ),
    ),
    Story(
        Who.STRANGER,
        "en",
        "Change the e-mail address of our invoices",
        "Please send our invoices to accounts@harbour.example from now on instead of to me.",
        28,
        TicketKind.REQUEST,
        email="sam@harbour.example.com",
        name="Sam Adeyemi",
        billing=True,
        then=(
            Says(
                Who.AGENT,
                26,
                "Hello Sam,\n\ndone: from the next invoice on they go to the new address. The ones "
                "that you already have stay as they are.",
                claims=True,
            ),
        ),
    ),
    Story(
        Who.STRANGER,
        "es",
        "Felicidades por el buscador",
        "Solo quería deciros que encontré la respuesta mientras escribía la pregunta. Muy cómodo.",
        140,
        email="nuria@example.net",
        name="Nuria Prat",
        then=(
            Says(Who.AGENT, 138, "¡Gracias por contárnoslo, Nuria!", claims=True),
            Says(Who.AGENT, 138, solved=True),
        ),
    ),
)
