"""The Spanish words for all that there is in Emoji Scenes, and which English word each of them is.

What is grammar of single words stands here, too: plurals, and the forms of adjectives.
"""

from __future__ import annotations

from dataclasses import dataclass

from vse.data.scenes.language.phrases import plural_of as english_plural
from vse.data.scenes.world.kinds import FAMILIES
from vse.data.scenes.world.world import COLOURS, SIZES

_VOWELS = "aeiouáéíóú"
_PLAIN = str.maketrans("áéíóú", "aeiou")


def plural_of(phrase: str) -> str:
    """The plural of a noun or adjective, or of a noun with a complement, of which the noun alone changes."""
    noun, *rest = phrase.split(" ")
    if noun in _IRREGULAR:
        found = _IRREGULAR[noun]
    elif noun[-1] in _VOWELS and noun[-1] != "í":
        found = noun + "s"
    elif noun[-1] == "z":
        found = noun[:-1] + "ces"
    elif len(noun) > 2 and noun[-1] in "ns" and noun[-2] in "áéíóú":
        found = noun[:-2] + noun[-2].translate(_PLAIN) + noun[-1] + "es"
    else:
        found = noun + "es"
    return " ".join([found, *rest])


_IRREGULAR = {"paraguas": "paraguas", "jeep": "jeeps", "kayak": "kayaks", "dónut": "dónuts", "gran": "grandes"}


def agreeing(phrase: str, feminine: bool, plural: bool) -> str:
    """An adjective or participle, given as the masculine singular, with the gender and number of its noun.

    What follows its first word stays as it is ("sentado con las piernas cruzadas"), as do colours that are nouns
    ("azul marino").
    """
    word, *rest = phrase.split(" ")
    if word == "de" or phrase == "azul marino":
        return phrase
    if feminine and word[-1] == "o":
        word = word[:-1] + "a"
    return " ".join([plural_of(word) if plural else word, *rest])


@dataclass(frozen=True)
class Noun:
    """A noun with its plural. Its `gender` is "m", "f" or "c", that of the person who is called so.

    english: the one English word that it translates, "" where that takes several.
    colours: gender and number of what a colour is said of, where that is not the noun: "un racimo de uvas moradas".
    """

    singular: str
    plural: str
    gender: str
    english: str = ""
    colours: tuple[bool, bool] | None = None

    @property
    def has_complement(self) -> bool:
        return " " in self.singular

    def sexed(self, feminine: bool) -> Noun:
        """A noun of common gender as it is said of a man or a woman; any other as it is."""
        if self.gender != "c":
            return self
        singular, plural = (agreeing(self.singular, feminine, many) for many in (False, True))
        return Noun(singular, plural, "f" if feminine else "m", self.english)


def _noun(gender: str, singular: str, english: str, plural: str = "") -> Noun:
    return Noun(singular, plural or plural_of(singular), gender, english)


def m(singular: str, english: str = "", plural: str = "") -> Noun:
    return _noun("m", singular, english, plural)


def f(singular: str, english: str = "", plural: str = "") -> Noun:
    return _noun("f", singular, english, plural)


def c(singular: str, english: str = "") -> Noun:
    return _noun("c", singular, english)


def _grapes(singular: str, plural: str) -> Noun:
    return Noun(singular, plural, "m", colours=(True, True))


# By kind: its name first, then its synonyms.
NOUNS: dict[str, tuple[Noun, ...]] = {
    "man": (m("hombre", "man"), m("tipo", "guy"), m("señor", "gentleman"), m("caballero", "gentleman")),
    "woman": (f("mujer", "woman"), f("señora", "lady"), f("dama", "lady")),
    "boy": (m("niño", "boy"), m("chico", "boy"), m("muchacho", "lad")),
    "girl": (f("niña", "girl"), f("chica", "girl"), f("muchacha", "lass")),
    "king": (m("rey", "king"), m("príncipe", "prince"), m("monarca", "monarch")),
    "queen": (f("reina", "queen"), f("princesa", "princess")),
    "grandfather": (m("abuelo", "grandfather"), m("abuelito", "grandpa"), m("anciano")),
    "grandmother": (f("abuela", "grandmother"), f("abuelita", "grandma"), f("anciana")),
    "dog": (m("perro", "dog"), m("cachorro", "puppy"), m("perrito", "doggy"), m("sabueso", "hound")),
    "cat": (m("gato", "cat"), m("gatito", "kitten"), m("minino", "kitty")),
    "rabbit": (m("conejo", "rabbit"), m("conejito", "bunny")),
    "mouse": (m("ratón", "mouse"),),
    "horse": (m("caballo", "horse"), m("poni", "pony"), m("semental", "stallion")),
    "cow": (f("vaca", "cow"), f("res", "cattle")),
    "pig": (m("cerdo", "pig"), m("cerdito", "piglet"), m("puerco", "hog")),
    "sheep": (f("oveja", "sheep"), m("cordero", "lamb")),
    "goat": (f("cabra", "goat"), m("macho cabrío", plural="machos cabríos")),
    "camel": (m("camello", "camel"), m("dromedario", "dromedary")),
    "giraffe": (f("jirafa", "giraffe"),),
    "elephant": (m("elefante", "elephant"),),
    "rhino": (m("rinoceronte", "rhino"),),
    "tiger": (m("tigre", "tiger"), m("felino")),
    "leopard": (m("leopardo", "leopard"), m("guepardo", "cheetah")),
    "deer": (m("ciervo", "deer"), m("venado", "stag")),
    "kangaroo": (m("canguro", "kangaroo"),),
    "gorilla": (m("gorila", "gorilla"), m("simio", "ape")),
    "monkey": (m("mono", "monkey"), m("chimpancé", "chimp")),
    "squirrel": (f("ardilla", "squirrel"),),
    "hedgehog": (m("erizo", "hedgehog"),),
    "turtle": (f("tortuga", "turtle"), m("galápago", "tortoise")),
    "snake": (f("serpiente", "snake"), f("culebra", "serpent")),
    "crocodile": (m("cocodrilo", "crocodile"), m("caimán", "alligator")),
    "dinosaur": (m("dinosaurio", "dinosaur"),),
    "rooster": (m("gallo", "rooster"), f("gallina", "hen")),
    "duck": (m("pato", "duck"), m("ánade", "mallard")),
    "penguin": (m("pingüino", "penguin"),),
    "flamingo": (m("flamenco", "flamingo"),),
    "owl": (m("búho", "owl"), f("lechuza", "owl")),
    "peacock": (m("pavo real", plural="pavos reales"),),
    "parrot": (m("loro", "parrot"), m("papagayo", "parrot")),
    "eagle": (f("águila", "eagle"), m("halcón", "hawk")),
    "dove": (f("paloma", "dove"), m("pichón", "pigeon")),
    "bat": (m("murciélago", "bat"),),
    "butterfly": (f("mariposa", "butterfly"),),
    "bee": (f("abeja", "bee"), m("abejorro", "bumblebee")),
    "ladybird": (f("mariquita", "ladybird"),),
    "snail": (m("caracol", "snail"),),
    "crab": (m("cangrejo", "crab"),),
    "whale": (f("ballena", "whale"), f("orca", "orca")),
    "dolphin": (m("delfín", "dolphin"), f("marsopa", "porpoise")),
    "shark": (m("tiburón", "shark"),),
    "fish": (m("pez", "fish"),),
    "octopus": (m("pulpo", "octopus"), m("calamar", "squid")),
    "swan": (m("cisne", "swan"),),
    "seal": (f("foca", "seal"), m("león marino", plural="leones marinos")),
    "car": (m("coche", "car"), m("automóvil", "automobile")),
    "jeep": (m("todoterreno", "jeep"), m("jeep", "jeep")),
    "bus": (m("autobús", "bus"), m("autocar", "coach")),
    "lorry": (m("camión", "lorry"),),
    "tractor": (m("tractor", "tractor"),),
    "ambulance": (f("ambulancia", "ambulance"),),
    "taxi": (m("taxi", "taxi"),),
    "scooter": (m("escúter", "scooter"), m("ciclomotor", "moped")),
    "motorbike": (f("moto", "motorbike"), f("motocicleta", "motorcycle")),
    "bicycle": (f("bicicleta", "bicycle"), f("bici", "bike")),
    "train": (m("tren", "train"), f("locomotora", "locomotive"), f("máquina de vapor")),
    "sailing boat": (m("velero", "sailboat"), m("barco de vela"), m("yate", "yacht")),
    "speedboat": (f("lancha", "speedboat"), f("lancha motora", "", "lanchas motoras")),
    "ship": (m("buque", "ship"), m("transatlántico"), m("barco de vapor")),
    "canoe": (f("canoa", "canoe"), f("piragua", "kayak"), m("kayak", "kayak")),
    "plane": (m("avión", "plane"), m("aeroplano", "aeroplane"), m("reactor", "jet")),
    "helicopter": (m("helicóptero", "helicopter"),),
    "rocket": (m("cohete", "rocket"), f("nave espacial", plural="naves espaciales")),
    "apple": (f("manzana", "apple"),),
    "pear": (f("pera", "pear"),),
    "tangerine": (f("mandarina", "tangerine"),),
    "lemon": (m("limón", "lemon"),),
    "banana": (m("plátano", "banana"), f("banana", "banana")),
    "watermelon": (f("sandía", "watermelon"), m("melón", "melon")),
    "bunch of grapes": (_grapes("racimo de uvas", "racimos de uvas"), _grapes("manojo de uvas", "manojos de uvas")),
    "strawberry": (f("fresa", "strawberry"),),
    "pineapple": (f("piña", "pineapple"),),
    "carrot": (f("zanahoria", "carrot"),),
    "ear of corn": (f("mazorca de maíz"), f("mazorca")),
    "loaf of bread": (f("barra de pan"), f("hogaza", "loaf")),
    "piece of cheese": (m("trozo de queso"), f("cuña de queso")),
    "hamburger": (f("hamburguesa", "hamburger"), f("hamburguesa con queso", "cheeseburger")),
    "slice of pizza": (f("porción de pizza"), f("pizza", "pizza"), m("trozo de pizza")),
    "ice cream": (m("helado"), m("cucurucho de helado")),
    "doughnut": (m("dónut", "doughnut"), f("rosquilla", "doughnut")),
    "cupcake": (f("magdalena", "cupcake"), m("bollito", "muffin")),
    "cake": (f("tarta", "cake"), m("pastel", "cake"), f("tarta de cumpleaños")),
    "football": (m("balón de fútbol"), f("pelota de fútbol")),
    "basketball": (m("balón de baloncesto"), f("pelota de baloncesto")),
    "teddy bear": (m("oso de peluche"), m("peluche", "teddy"), m("osito de peluche")),
    "balloon": (m("globo", "balloon"),),
    "kite": (f("cometa", "kite"),),
    "umbrella": (m("paraguas", "umbrella"), f("sombrilla", "parasol")),
    "tulip": (m("tulipán", "tulip"),),
    "rose": (f("rosa", "rose"),),
    "sunflower": (m("girasol", "sunflower"),),
    "house": (f("casa", "house"), f("casita", "cottage"), f("vivienda", "home")),
    "tent": (f("tienda de campaña"),),
    "chair": (f("silla", "chair"), f("silla de madera")),
    "sofa": (m("sofá", "sofa"), m("diván", "couch")),
    "guitar": (f("guitarra", "guitar"), f("guitarra eléctrica", plural="guitarras eléctricas")),
    "drum": (m("tambor", "drum"), m("tamboril")),
    "violin": (m("violín", "violin"),),
    "trumpet": (f("trompeta", "trumpet"), f("corneta", "horn")),
    "book": (m("libro", "book"),),
    "present": (m("regalo", "present"), m("obsequio", "gift")),
    "backpack": (f("mochila", "backpack"), m("macuto", "rucksack")),
    "cap": (f("gorra", "cap"), f("gorra de béisbol")),
    "dress": (m("vestido", "dress"), m("vestido largo", "gown", "vestidos largos")),
    "T-shirt": (f("camiseta", "t-shirt"),),
    "bucket": (m("cubo", "bucket"), m("balde", "pail")),
    "suitcase": (f("maleta", "suitcase"),),
    "telephone": (m("teléfono", "telephone"),),
    "alarm clock": (m("despertador"), m("reloj", "clock")),
    "camera": (f("cámara", "camera"), f("cámara de fotos")),
    "snowman": (m("muñeco de nieve", "snowman"),),
}

FAMILY_NOUNS: dict[str, tuple[Noun, ...]] = {
    "person": (f("persona", "person"), m("ser humano", plural="seres humanos")),
    "adult": (c("adulto", "adult"),),
    "child": (c("chiquillo", "child"), c("crío", "kid")),
    "royal": (m("miembro de la realeza", "royal"),),
    "animal": (m("animal", "animal"), f("criatura", "creature")),
    "pet": (f("mascota", "pet"),),
    "farm-animal": (m("animal de granja"),),
    "reptile": (m("reptil", "reptile"),),
    "bird": (m("pájaro", "bird"), f("ave", "bird")),
    "insect": (m("insecto", "insect"), m("bicho", "bug")),
    "sea-creature": (f("criatura marina", plural="criaturas marinas"), m("animal marino", plural="animales marinos")),
    "vehicle": (m("vehículo", "vehicle"),),
    "boat": (m("barco", "boat"), f("embarcación", "boat")),
    "aircraft": (f("aeronave", "aircraft"), f("máquina voladora", plural="máquinas voladoras")),
    "food": (m("alimento"), m("tentempié", "snack")),
    "fruit": (f("fruta", "fruit"), f("pieza de fruta")),
    "vegetable": (f("verdura", "vegetable"), f("hortaliza", "veggie")),
    "dessert": (m("postre", "dessert"), m("dulce")),
    "thing": (f("cosa", "thing"), m("objeto", "object")),
    "toy": (m("juguete", "toy"),),
    "plant": (f("flor", "flower"), f("planta", "plant")),
    "building": (m("edificio", "building"),),
    "furniture": (m("mueble"),),
    "instrument": (m("instrumento musical", plural="instrumentos musicales"), m("instrumento", "instrument")),
    "clothing": (f("prenda de ropa"), f("prenda", "garment")),
}

# Adjectives as the masculine singular, the plain one first; `agreeing` gives the other forms.
COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("rojo", "escarlata"),
    "orange": ("naranja", "anaranjado"),
    "yellow": ("amarillo", "dorado"),
    "green": ("verde",),
    "blue": ("azul", "azul marino"),
    "purple": ("morado", "violeta"),
    "pink": ("rosa", "rosado"),
    "white": ("blanco",),
    "black": ("negro",),
    "brown": ("marrón", "de color castaño"),
    "grey": ("gris",),
}
# Those that stand before the noun, and behind it: "un gran perro", "un perro grande".
SIZES_BEFORE: dict[str, tuple[str, ...]] = {"small": ("pequeño", "diminuto"), "big": ("gran", "enorme")}
SIZES_BEHIND: dict[str, tuple[str, ...]] = {
    "small": ("pequeño", "diminuto"),
    "big": ("grande", "enorme", "gigantesco"),
}

NUMBERS = {2: "dos", 3: "tres", 4: "cuatro"}
GROUPS = {2: "un par de", 3: "un grupo de tres", 4: "un grupo de cuatro"}
SEVERAL = ("uno", "vario", "alguno", "uno cuanto")  # in the plural; of two only the first

# A word that ends in -o and is no gerund is a participle and agrees.
DOING: dict[str, tuple[str, ...]] = {
    "standing": ("de pie", "quieto"),
    "walking": ("caminando", "paseando", "dando un paseo"),
    "running": ("corriendo", "corriendo deprisa", "haciendo footing"),
    "cycling": ("montando en bicicleta", "montando en bici", "pedaleando en una bicicleta"),
    "surfing": ("surfeando", "haciendo surf", "cogiendo una ola", "haciendo surf sobre una tabla"),
    "swimming": ("nadando", "nadando a crol"),
    "rowing": ("remando", "remando en una barca", "remando en un bote"),
    "dancing": ("bailando", "danzando"),
    "riding a horse": ("montando a caballo", "a caballo", "cabalgando"),
    "meditating": ("meditando", "haciendo yoga", "sentado con las piernas cruzadas"),
    "lifting weights": ("levantando pesas", "haciendo pesas", "levantando una barra de pesas"),
    "playing basketball": ("jugando al baloncesto", "botando un balón", "botando una pelota"),
    "playing golf": ("jugando al golf", "practicando golf", "jugando con un palo de golf"),
    "kneeling": ("arrodillado", "de rodillas", "con una rodilla en el suelo"),
    "doing a cartwheel": ("haciendo la rueda", "dando una voltereta lateral", "haciendo una voltereta lateral"),
}
# What all but people do, which says nothing that could be false: by habitat, and by the kind or one of its families.
STATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("land", "animal"): ("quieto", "esperando", "descansando", "mirando a su alrededor"),
    ("land", "vehicle"): ("aparcado", "estacionado", "parado", "detenido"),
    ("land", "train"): ("parado", "detenido"),
    ("land", "food"): ("listo para comer", "olvidado"),
    ("land", "thing"): ("olvidado", "abandonado"),
    ("land", "plant"): ("en flor",),
    ("land", "building"): ("solitario",),
    ("air", "animal"): ("volando", "en el aire", "en pleno vuelo"),
    ("air", "vehicle"): ("volando", "en el aire", "en pleno vuelo", "surcando el cielo"),
    ("air", "thing"): ("volando", "en el aire", "flotando en el aire", "suspendido en el aire"),
    ("water", "animal"): ("en el agua", "flotando en el agua", "chapoteando"),
    ("water", "vehicle"): ("flotando", "navegando", "a flote", "en el agua"),
}

PLACE_PHRASES: dict[str, tuple[str, ...]] = {
    "beach": ("en la playa", "a la orilla del mar", "sobre la arena", "en una playa de arena"),
    "meadow": ("en un prado", "sobre la hierba", "en un campo verde", "en una pradera"),
    "forest": ("en el bosque", "entre los árboles", "en un bosque"),
    "snow": ("en la nieve", "sobre la nieve", "en un campo nevado", "en un paisaje invernal"),
    "street": ("en la calle", "en una calle de la ciudad", "en la ciudad", "en la carretera"),
    "desert": ("en el desierto", "entre las dunas", "en un desierto de arena", "entre cactus"),
    "mountains": ("en las montañas", "en la montaña", "en la sierra", "frente a las cumbres"),
    "farm": ("en una granja", "en la granja", "en el corral", "junto al granero"),
    "playground": ("en el parque", "en el parque infantil", "en una zona de juegos"),
    "lake": ("junto a un lago", "a orillas del lago", "a la orilla de un lago", "junto a un estanque"),
    "sea": ("en el mar", "en alta mar", "en el océano", "mar adentro"),
    "living room": ("en el salón", "en la sala de estar", "en el cuarto de estar"),
    "kitchen": ("en la cocina", "en una cocina"),
    "bedroom": ("en el dormitorio", "en un dormitorio", "en la habitación"),
}
PLACE_NOUNS: dict[str, Noun] = {
    "beach": f("playa", "beach"),
    "meadow": m("prado", "meadow"),
    "forest": m("bosque", "forest"),
    "snow": m("paisaje nevado", plural="paisajes nevados"),
    "street": f("calle", "street"),
    "desert": m("desierto", "desert"),
    "mountains": f("montaña"),
    "farm": f("granja", "farm"),
    "playground": m("parque infantil", "playground", "parques infantiles"),
    "lake": m("lago", "lake"),
    "sea": m("mar", "sea"),
    "living room": m("salón"),
    "kitchen": f("cocina", "kitchen"),
    "bedroom": m("dormitorio", "bedroom"),
}
TIME_PHRASES: dict[str, tuple[str, ...]] = {
    "dawn": ("al amanecer", "al alba", "a primera hora de la mañana", "al salir el sol"),
    "day": ("de día", "durante el día", "a plena luz del día"),
    "sunset": ("al atardecer", "al anochecer", "al caer la tarde", "a la puesta del sol"),
    "night": ("de noche", "por la noche", "en la oscuridad", "en plena noche"),
}
WEATHER_PHRASES: dict[str, tuple[str, ...]] = {
    "clear": ("con tiempo despejado", "bajo un cielo despejado", "bajo un cielo sin nubes"),
    "cloudy": ("bajo un cielo nublado", "con tiempo nublado", "bajo nubes grises"),
    "rain": ("bajo la lluvia", "en un día lluvioso", "mientras llueve", "bajo un aguacero"),
    "snowfall": ("mientras nieva", "bajo una nevada", "mientras cae la nieve", "entre copos de nieve"),
    "fog": ("entre la niebla", "entre la bruma", "en un día de niebla", "con niebla"),
}
INDOOR_WEATHER_PHRASES: dict[str, tuple[str, ...]] = {
    "clear": ("con tiempo despejado", "en un día despejado"),
    "rain": ("mientras llueve fuera", "en un día lluvioso", "con lluvia tras la ventana"),
    "snowfall": ("mientras nieva fuera", "con nieve tras la ventana", "en un día de nieve"),
}
# Of a place that is named alone: "una playa brumosa".
TIME_ADJECTIVES = {
    "dawn": ("a la luz del alba",),
    "day": ("a la luz del día",),
    "sunset": ("a la luz del atardecer",),
    "night": ("iluminado por la luna", "a la luz de la luna"),
}
WEATHER_ADJECTIVES = {"rain": ("lluvioso",), "fog": ("brumoso", "envuelto en la niebla"), "cloudy": ("bajo las nubes",)}

RELATION_PHRASES: dict[str, tuple[str, ...]] = {
    "left of": ("a la izquierda de", "justo a la izquierda de"),
    "right of": ("a la derecha de", "justo a la derecha de"),
    "above": ("encima de", "por encima de", "sobre"),
    "below": ("debajo de", "por debajo de", "bajo"),
    "behind": ("detrás de", "tras"),
    "in front of": ("delante de", "justo delante de"),
    "beside": ("al lado de", "junto a", "cerca de"),
}
PICTURE_PHRASES = ("una imagen de", "una foto de", "una fotografía de", "un dibujo de", "una escena con")

# English word -> its Spanish ones, of those that are neither nouns of a kind nor adjectives.
_FURTHER = {
    "the": "el la los las", "a": "un una", "at": "a al", "single": "solo sola", "some": "unos unas algunos algunas",
    "several": "varios varias", "few": "cuantos cuantas", "pair": "par", "group": "grupo", "two": "dos",
    "three": "tres", "four": "cuatro", "of": "de", "in": "en", "and": "y", "with": "con", "is": "está", "are": "están",
    "there": "hay", "see": "vemos", "next": "junto", "near": "cerca", "left": "izquierda", "right": "derecha",
    "above": "encima", "over": "sobre", "below": "debajo", "under": "bajo", "behind": "detrás", "front": "delante",
    "beside": "lado", "picture": "imagen", "photo": "foto fotografía", "drawing": "dibujo", "view": "vista",
    "scene": "escena", "while": "mientras", "among": "entre", "sand": "arena", "shore": "orilla", "grass": "hierba",
    "field": "campo", "trees": "árboles", "snow": "nieve", "wintry": "invernal", "city": "ciudad",
    "road": "carretera", "dunes": "dunas", "cactuses": "cactus", "mountains": "montañas montaña", "peaks": "cumbres",
    "barn": "granero", "farmyard": "corral", "park": "parque", "pond": "estanque", "ocean": "océano",
    "dawn": "amanecer alba", "morning": "mañana", "day": "día", "daylight": "luz", "sunset": "atardecer puesta",
    "dusk": "anochecer", "evening": "tarde", "night": "noche", "dark": "oscuridad", "sun": "sol", "clear": "despejado",
    "sky": "cielo", "clouds": "nubes", "cloudy": "nublado", "rain": "lluvia", "rainy": "lluvioso lluviosa",
    "rains": "llueve", "downpour": "aguacero", "snows": "nieva", "snowy": "nevado", "snowfall": "nevada",
    "fog": "niebla", "mist": "bruma", "foggy": "brumoso brumosa", "weather": "tiempo", "walking": "caminando",
    "strolling": "paseando", "walk": "paseo", "running": "corriendo", "jogging": "footing", "cycling": "pedaleando",
    "surfing": "surfeando", "wave": "ola", "surfboard": "tabla", "swimming": "nadando", "crawl": "crol",
    "rowing": "remando", "dancing": "bailando danzando", "riding": "montando",
    "horseback": "cabalgando", "meditating": "meditando", "yoga": "yoga", "cross-legged": "cruzadas",
    "lifting": "levantando", "weights": "pesas", "barbell": "barra", "playing": "jugando practicando",
    "basketball": "baloncesto", "ball": "balón pelota", "bouncing": "botando", "golf": "golf", "club": "palo",
    "kneeling": "arrodillado arrodillada arrodillados arrodilladas", "knee": "rodilla", "cartwheel": "rueda voltereta",
    "waiting": "esperando", "resting": "descansando", "parked": "aparcado aparcada estacionado estacionada",
    "flying": "volando", "air": "aire", "floating": "flotando", "water": "agua", "football": "fútbol",
    "bread": "pan", "cheese": "queso", "grapes": "uvas", "corn": "maíz", "tent": "tienda", "slice": "porción",
    "piece": "trozo pieza", "bunch": "racimo", "wooden": "madera", "electric": "eléctrica", "moonlit": "luna",
    "baseball": "béisbol", "birthday": "cumpleaños", "musical": "musical", "peacock": "pavo", "lion": "león",
}  # fmt: skip


def word_groups() -> tuple[tuple[tuple[str, str], ...], ...]:
    """(English word, Spanish word), grouped by what is one word but for its forms; single words alone.

    Nouns in both numbers, colours and sizes in all forms, and the words of phrases that translate word by word. A word
    may stand in several groups.
    """
    found: list[list[tuple[str, str]]] = []
    for name, nouns in (*NOUNS.items(), *FAMILY_NOUNS.items()):
        plurals = dict(FAMILIES.get(name, ()))
        for noun in nouns:
            many = plurals.get(noun.english) or (english_plural(noun.english) if noun.english else "")
            forms = (noun.sexed(False), noun.sexed(True))
            found.append([pair for n in forms for pair in ((noun.english, n.singular), (many, n.plural))])
    found += [[(place.english, place.singular)] for place in PLACE_NOUNS.values()]
    for english, spanish in ((COLOURS, COLOUR_WORDS), (SIZES, SIZES_BEHIND)):
        for name, words in spanish.items():
            both = zip(english[name], words, strict=False)
            found += [[(word, form) for form in forms_of(translated)] for word, translated in both]
    found += [[(english, word) for word in translations.split()] for english, translations in _FURTHER.items()]
    single = ([pair for pair in dict.fromkeys(group) if all(pair) and " " not in "".join(pair)] for group in found)
    return tuple(tuple(group) for group in single if group)


def word_pairs() -> tuple[tuple[str, str], ...]:
    """(English word, Spanish word) of all groups, each pair once."""
    return tuple(dict.fromkeys(pair for group in word_groups() for pair in group))


def forms_of(adjective: str) -> tuple[str, ...]:
    """The forms of an adjective in both genders and numbers, each once."""
    return tuple(dict.fromkeys(agreeing(adjective, female, many) for many in (False, True) for female in (False, True)))
